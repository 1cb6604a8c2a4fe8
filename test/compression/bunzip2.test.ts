import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bunzip2 } from "../../shared/compression/bunzip2.ts";

const bzip2 = "bzip2";
const isThere = spawnSync(bzip2, ["--version"], { input: "" }).status !== null;

function compressed(bytes: Uint8Array, level = 9): Buffer {
  return spawnSync(bzip2, [`-${level}`, "-c"], { input: bytes, maxBuffer: 2 ** 27 }).stdout;
}

async function* pieces(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decompressed(bytes: Uint8Array, size?: number): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const each of bunzip2(pieces(bytes, size))) found.push(each);
  return Buffer.concat(found);
}

// "one\ntwo\nthree\n", by bzip2 1.0.8.
const small = Buffer.from("QlpoOTFBWSZTWQh7fdcAAATBgAAQAkGUgCAAMQwIIaPUyIVHMjio8XckU4UJAIe33XA=", "base64");

describe("bunzip2()", () => {
  it("reads what bzip2 wrote", async () => {
    expect(String(await decompressed(small))).toBe("one\ntwo\nthree\n");
    expect(String(await decompressed(Buffer.concat([small, small]), 7))).toBe("one\ntwo\nthree\none\ntwo\nthree\n");
  });

  it.each([
    ["text", Buffer.from("not bzip2 at all")],
    ["a cut file", small.subarray(0, 30)],
    ["a file without its end", small.subarray(0, small.length - 8)],
    ["a bad checksum", Buffer.from(small.map((byte, index) => (index === 10 ? byte ^ 1 : byte)))],
  ])("refuses %s", async (_, bytes) => {
    await expect(decompressed(bytes)).rejects.toThrow();
  });

  it("ends quickly whatever is damaged", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const bad = Buffer.from(small);
        bad[at] = (bad[at] ?? 0) ^ mask;
        await decompressed(bad).catch(() => {});
      }),
    );
  });

  describe.skipIf(!isThere)("beside bzip2", () => {
    it("reads any bytes", async () => {
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 3_000 }),
        fc
          .array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 600 })), { maxLength: 20 })
          .map((runs) => Uint8Array.from(runs.flatMap(([byte, count]) => new Array<number>(count).fill(byte)))),
      );
      const check = async (given: Uint8Array) => {
        expect((await decompressed(compressed(given))).equals(given)).toBe(true);
      };
      await fc.assert(fc.asyncProperty(bytes, check), { numRuns: 30 });
    });

    it("reads several blocks, in pieces", async () => {
      const text = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `line ${index * 7919}\n`).join(""));
      expect((await decompressed(compressed(text, 1), 10_000)).equals(text)).toBe(true);
      expect((await decompressed(compressed(text, 9), 100_000)).equals(text)).toBe(true);
    });
  });
});
