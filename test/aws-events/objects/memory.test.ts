import { describe, expect, it } from "vitest";
import type { ObjectSource } from "../../../shared/aws-events/objects/object-source.ts";
import { readObject } from "../../../shared/aws-events/objects/read-object.ts";
import { createManualClock } from "../../support/manual-clock.ts";

const mebibyte = 2 ** 20;

/** Reads so many times the same block, and says how much memory was held at most beyond what was held before. */
async function read(block: Uint8Array, times: number) {
  const source: ObjectSource = {
    async open() {
      async function* chunks() {
        for (let at = 0; at < times; at += 1) yield block;
      }
      return { kind: "opened", isPlain: false, chunks: chunks() };
    },
  };
  const held = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = held();
  let peak = 0;
  const clock = createManualClock();
  const outcome = await readObject(
    { bucket: "b", key: "large.log", region: "eu-west-1" },
    {
      source,
      clock: { ...clock, now: observed },
      maxRequestBytes: 2 * mebibyte,
      maxLineBytes: mebibyte,
      accept: async () => ({ kind: "accepted" }),
    },
    Number.POSITIVE_INFINITY,
  );
  /** Called for every chunk. */
  function observed(): number {
    peak = Math.max(peak, held() - before);
    return clock.now();
  }
  return { outcome, peakMebibytes: peak / mebibyte };
}

describe("the memory of readObject()", () => {
  it("is bounded, however large the object is", async () => {
    const block = Buffer.from(`${"x".repeat(1023)}\n`.repeat(64));
    const { outcome, peakMebibytes } = await read(block, 4096);
    expect(outcome).toMatchObject({ kind: "read", records: 4096 * 64 });
    expect(outcome.position.offset).toBe(256 * mebibyte);
    // Two requests, what they are made of, and what the collector has not come to yet.
    expect(peakMebibytes).toBeLessThan(160);
  });

  it("is bounded for an object that is one line", async () => {
    const { outcome, peakMebibytes } = await read(Buffer.alloc(65_536, 0x78), 4096);
    expect(outcome.refused).toHaveLength(1);
    expect(peakMebibytes).toBeLessThan(160);
  });
});
