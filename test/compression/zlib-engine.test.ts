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
    expect(engine.run(input, 4, output)).toEqual({
      kind: "done",
      read: deflated.length,
      written: content.length,
    });
    expect(output.subarray(0, content.length)).toEqual(content);
  });

  it.each([
    ["what zlib refuses", Buffer.alloc(100, 0xff), 100_000, { kind: "refused", message: "invalid block type" }],
    [
      "what ends too early",
      deflateRawSync(content).subarray(0, 20),
      100_000,
      { kind: "refused", message: "unexpected end of file" },
    ],
    ["what does not fit", deflateRawSync(content), 1000, { kind: "full" }],
    [
      "what fits to the last byte: nothing says that it ended there",
      deflateRawSync(content),
      content.length,
      { kind: "full" },
    ],
  ])("tells of %s, and is as good as new after it", (_, input, room, expected) => {
    const engine = createZlibEngine(createInflateRaw);
    expect(engine.run(input, 0, Buffer.alloc(room))).toEqual(expected);
    const output = Buffer.alloc(content.length + 1);
    expect(engine.run(deflateRawSync(content), 0, output)).toMatchObject({ kind: "done", written: content.length });
    expect(output.subarray(0, content.length)).toEqual(content);
  });

  it("makes a whole gzip member each time", () => {
    const engine = createZlibEngine(createGzip);
    const output = Buffer.alloc(10_000);
    for (const text of ["one", "another", content.toString()]) {
      const ran = engine.run(Buffer.from(text), 0, output);
      const written = ran?.kind === "done" ? ran.written : 0;
      expect(gunzipSync(output.subarray(0, written)).toString()).toBe(text);
    }
  });
});
