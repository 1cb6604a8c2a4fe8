import { constants, deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deflatePrefix } from "../../shared/compression/deflate-prefix.ts";
import {
  type GzipPlace,
  ResumableGunzip,
  type ResumableGunzipOptions,
} from "../../shared/compression/resumable-gunzip.ts";
import { seededRandom } from "../support/seeded-random.ts";

/** Lines that compress as logs do. */
function lines(count: number, seed = 1): Buffer {
  const random = seededRandom(seed);
  const words = Array.from({ length: 300 }, (_, at) => `word${at.toString(36)}${"x".repeat(at % 11)}`);
  return Buffer.from(
    Array.from({ length: count }, () =>
      Array.from({ length: 12 }, () => words[Math.floor(random() * words.length)]).join(" "),
    ).join("\n"),
  );
}

function inflate(bytes: Uint8Array, run: ResumableGunzipOptions & { readonly chunk?: number } = {}) {
  const gunzip = ResumableGunzip.open(run);
  if (!gunzip) throw new Error("this Node has no such engine");
  const out: Buffer[] = [];
  const places = new Map<number, GzipPlace>();
  const chunk = run.chunk ?? 65_536;
  const note = () => {
    const place = gunzip.placeBefore(Number.POSITIVE_INFINITY);
    if (place) places.set(place.inflated, place);
  };
  for (let at = run.from?.at ?? 0; at < bytes.length; at += chunk) {
    for (const piece of gunzip.push(bytes.subarray(at, at + chunk))) {
      out.push(Buffer.from(piece));
      note();
    }
  }
  gunzip.end();
  return { inflated: Buffer.concat(out), places: [...places.values()] };
}

describe("deflatePrefix()", () => {
  it.each([1, 2, 3, 4, 5, 6, 7])("ends %i bits into a byte, and inflates to nothing", (bits) => {
    const prefix = deflatePrefix(bits);
    // The last, empty block with fixed codes begins there: 1, 01, seven zeros.
    const end = Buffer.from([...prefix, 0, 0]);
    const at = (prefix.length - 1) * 8 + bits;
    for (const bit of [0, 1]) end[(at + bit) >> 3] = (end[(at + bit) >> 3] ?? 0) | (1 << ((at + bit) & 7));
    expect(inflateRawSync(end).length).toBe(0);
  });
});

describe("ResumableGunzip", () => {
  const text = lines(60_000);

  it.each([
    ["level 1", gzipSync(text, { level: 1 })],
    ["level 6", gzipSync(text)],
    ["level 9", gzipSync(text, { level: 9 })],
    ["stored blocks", gzipSync(text.subarray(0, 2_000_000), { level: 0 })],
    ["fixed codes", gzipSync(text.subarray(0, 2_000_000), { strategy: constants.Z_FIXED, memLevel: 5 })],
    ["Huffman codes alone", gzipSync(text.subarray(0, 2_000_000), { strategy: constants.Z_HUFFMAN_ONLY })],
    ["runs", gzipSync(Buffer.alloc(20_000_000, "abcabd"))],
    ["several members", Buffer.concat([gzipSync(text.subarray(0, 1_000_000)), gzipSync(""), gzipSync(text)])],
  ])("goes on from every place that it knows: %s", (_, gzip) => {
    const whole = gunzipSync(gzip);
    const { inflated, places } = inflate(gzip, { spacing: 100_000, places: 1000 });
    expect(inflated.equals(whole)).toBe(true);
    // How often depends on where blocks end.
    expect(places.length).toBeGreaterThan(whole.length / 10_000_000);
    for (const place of places) {
      const rest = inflate(gzip, { from: place }).inflated;
      expect(rest.equals(whole.subarray(place.inflated))).toBe(true);
    }
  });

  it("finds most of the places where blocks end inside of a byte", () => {
    const { places } = inflate(gzipSync(text), { spacing: 1, places: 10_000 });
    const inByte = new Set(places.map(({ bits }) => bits));
    expect(inByte).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  });

  it("inflates what gunzip does, however it is cut", () => {
    const parts = [lines(300), Buffer.alloc(0), Buffer.alloc(100_000, 0x61)].map((part) => gzipSync(part));
    const gzip = Buffer.concat([...parts, Buffer.alloc(20)]);
    const whole = gunzipSync(gzip);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1, max: 50_000 }), (chunk, spacing) => {
        const { inflated, places } = inflate(gzip, { chunk, spacing });
        expect(inflated.equals(whole)).toBe(true);
        for (const from of places) {
          expect(inflate(gzip, { from, chunk }).inflated.equals(whole.subarray(from.inflated))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps the first place and the last ones", () => {
    const gzip = gzipSync(text);
    const { places } = inflate(gzip, { spacing: 200_000, places: 1000 });
    const from = places[2];
    const gunzip = ResumableGunzip.open({ spacing: 200_000, places: 3, ...(from && { from }) });
    for (const _ of gunzip?.push(gzip.subarray(from?.at)) ?? []);
    expect(gunzip?.placeBefore(from?.inflated ?? 0)).toBe(from);
    expect(gunzip?.placeBefore((from?.inflated ?? 0) - 1)).toBeUndefined();
    expect(gunzip?.placeBefore(Number.POSITIVE_INFINITY)).toEqual(places.at(-1));
  });

  it("reads headers with every field", () => {
    const [magic, deflate] = [[0x1f, 0x8b, 8], deflateRawSync("hello")];
    const trailer = gzipSync("hello").subarray(-8);
    const fields = [...magic, 0x1f, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, ...Buffer.from("name\0comment\0"), 1, 2];
    const gzip = Buffer.concat([Buffer.from(fields), deflate, trailer]);
    for (const chunk of [1, 5, 100]) expect(String(inflate(gzip, { chunk }).inflated)).toBe("hello");
  });

  const good = gzipSync(lines(2000));
  it.each<[string, Buffer, string]>([
    ["is cut off in its header", good.subarray(0, 7), "unexpected end of file"],
    ["is cut off in a block", good.subarray(0, 5000), "unexpected end of file"],
    ["is cut off in its trailer", good.subarray(0, -3), "unexpected end of file"],
    ["has another sum", Buffer.concat([good.subarray(0, -8), Buffer.alloc(8)]), "incorrect data check"],
    ["has another length", Buffer.concat([good.subarray(0, -4), Buffer.alloc(4)]), "incorrect length check"],
    ["is damaged", Buffer.from(good).fill(0xff, 3000, 3100), "invalid"],
    ["is followed by something else", Buffer.concat([good, Buffer.from("garbage")]), "incorrect header check"],
    [
      "has a name without an end",
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8]), Buffer.alloc(200_000, 1)]),
      "too long",
    ],
  ])("says what is wrong where it %s", (_, gzip, message) => {
    expect(() => inflate(gzip, { chunk: 1000 })).toThrow(message);
  });

  it("takes and refuses what Node's gunzip does, whatever was changed in it", () => {
    const gzip = Buffer.concat([gzipSync(lines(60)), gzipSync("two")]);
    const change = fc.record({ at: fc.nat(gzip.length - 1), to: fc.nat(255) });
    const orFault = (run: () => Buffer) => {
      try {
        return run();
      } catch {
        return "refused";
      }
    };
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.nat(gzip.length), (changes, length) => {
        const bytes = Buffer.from(gzip.subarray(0, length === 0 ? gzip.length : length));
        for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
        // It is told by its first bytes that it is gzip.
        if (bytes.length < 2 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return;
        expect(orFault(() => inflate(bytes, { chunk: 100 }).inflated)).toEqual(orFault(() => gunzipSync(bytes)));
      }),
      { numRuns: 500 },
    );
  });

  it("checks the end of a member that it began in the middle of", () => {
    const gzip = gzipSync(text);
    const { places } = inflate(gzip, { spacing: 500_000, places: 100 });
    const [from] = places;
    const wrong = Buffer.concat([gzip.subarray(0, -8), Buffer.alloc(8)]);
    expect(() => inflate(wrong, { ...(from && { from }) })).toThrow("incorrect data check");
  });
});
