import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unsnappy } from "../../shared/compression/snappy.ts";
import { snappy } from "../../shared/compression/snappy-block.ts";
import { seededRandom } from "../support/seeded-random.ts";

function roundTrip(bytes: Uint8Array): Uint8Array | string {
  const decoded = unsnappy(snappy(bytes), bytes.length);
  return decoded.kind === "decoded" ? decoded.bytes : decoded.kind;
}

describe("snappy()", () => {
  it.each([
    ["nothing", new Uint8Array(0)],
    ["one byte", new Uint8Array([7])],
    ["a run longer than one copy", new Uint8Array(1000)],
    ["a run of more than one block", new Uint8Array(200_001).fill(5)],
    ["what does not repeat", Uint8Array.from({ length: 70_000 }, byteOf(1))],
    ["a repetition from far back", far()],
  ])("compresses %s so that it comes back", (_, bytes) => {
    expect(Buffer.compare(roundTrip(bytes) as Uint8Array, bytes)).toBe(0);
  });

  it("gives back whatever it was given", () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 });
    const bytes = fc.tuple(pieces, fc.array(fc.nat(5), { maxLength: 400 })).map(([parts, order]) => {
      return Buffer.concat(order.flatMap((index) => parts[index] ?? []));
    });
    fc.assert(fc.property(bytes, (each) => Buffer.compare(roundTrip(each) as Uint8Array, each) === 0));
  });

  it("makes text that repeats itself much smaller", () => {
    const text = Buffer.from('{"level":"info","msg":"GET /orders 200"}\n'.repeat(1000));
    expect(snappy(text).length).toBeLessThan(text.length / 10);
  });
});

function byteOf(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.floor(random() * 256);
}

/** 100 random bytes, 3000 others, and the first ones again: a copy with an offset of two bytes. */
function far(): Uint8Array {
  const head = Uint8Array.from({ length: 100 }, byteOf(2));
  return Buffer.concat([head, Uint8Array.from({ length: 3000 }, byteOf(3)), head]);
}
