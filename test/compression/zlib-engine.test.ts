import { createGzip, createInflateRaw, deflateRawSync, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createZlibEngine } from "../../shared/compression/zlib-engine.ts";

const content = Buffer.from("a span like any other. ".repeat(1000));

describe("createZlibEngine()", () => {
  it("says how much it read and wrote, behind other bytes and before them", () => {
    const engine = createZlibEngine(createInflateRaw);
    const deflated = deflateRawSync(content);
    const input = Buffer.concat([Buffer.from("head"), deflated, Buffer.from("trailer")]);
    const output = Buffer.alloc(content.length + 1);
    expect(engine.run(input, 4, output)).toEqual({ read: deflated.length, written: content.length });
    expect(output.subarray(0, content.length)).toEqual(content);
  });

  it.each([
    ["what zlib refuses", Buffer.alloc(100, 0xff), 100_000],
    ["what ends too early", deflateRawSync(content).subarray(0, 20), 100_000],
    ["what does not fit", deflateRawSync(content), 1000],
    ["what fits to the last byte: nothing says that it ended there", deflateRawSync(content), content.length],
  ])("says nothing of %s, and is as good as new after it", (_, input, room) => {
    const engine = createZlibEngine(createInflateRaw);
    expect(engine.run(input, 0, Buffer.alloc(room))).toBeUndefined();
    const output = Buffer.alloc(content.length + 1);
    expect(engine.run(deflateRawSync(content), 0, output)?.written).toBe(content.length);
    expect(output.subarray(0, content.length)).toEqual(content);
  });

  it("makes a whole gzip member each time", () => {
    const engine = createZlibEngine(createGzip);
    const output = Buffer.alloc(10_000);
    for (const text of ["one", "another", content.toString()]) {
      const written = engine.run(Buffer.from(text), 0, output)?.written;
      expect(gunzipSync(output.subarray(0, written)).toString()).toBe(text);
    }
  });
});
