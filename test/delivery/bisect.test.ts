import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attempted } from "../../shared/delivery/attempt.ts";
import { type BisectOptions, bisect, type Piece } from "../../shared/delivery/bisect.ts";
import type { Refusal } from "../../shared/delivery/verdict.ts";

const refusal: Refusal = { kind: "refused", reason: "rejected", status: 400, message: "bad item" };
const patient = { patience: () => 30, maxExports: 10_000 };

/** Pieces whose bytes are the numbers of their items, up to 255 of them. */
function pieceOf(batch: number, items: readonly number[]): Piece<number> {
  return { batch, bytes: Uint8Array.from(items), items: items.length };
}

function halve(piece: Piece<number>): readonly Piece<number>[] {
  const middle = Math.ceil(piece.items / 2);
  return [
    pieceOf(piece.batch, [...piece.bytes.slice(0, middle)]),
    pieceOf(piece.batch, [...piece.bytes.slice(middle)]),
  ];
}

const itemsOf = (pieces: readonly Piece<number>[]) =>
  pieces.flatMap((piece) => [...piece.bytes].map((item) => `${piece.batch}:${item}`));

/** Refuses every export that holds one of these items; answers `otherwise` from export number `from` on. */
function destination(
  guilty: (item: string) => boolean,
  later?: { readonly from: number; readonly otherwise: Attempted },
) {
  const sent: string[][] = [];
  const probe: BisectOptions<number>["probe"] = async (pieces) => {
    sent.push(itemsOf(pieces));
    if (later && sent.length >= later.from) return later.otherwise;
    return itemsOf(pieces).some(guilty) ? refusal : { kind: "delivered", rejected: 0 };
  };
  return { probe, sent };
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const whole = (batches: number, items: number) => range(batches).map((batch) => pieceOf(batch, range(items)));

describe("bisect()", () => {
  it("finds one guilty item among 12,800 in one export per halving, and sends nothing innocent twice", async () => {
    for (const guilty of ["0:0", "31:77", "49:255", "25:128"]) {
      const { probe, sent } = destination((item) => item === guilty);
      const result = await bisect(whole(50, 256), refusal, { probe, halve, ...patient });
      expect(result.guilty.flatMap(({ piece }) => itemsOf([piece]))).toEqual([guilty]);
      expect(result.delivered.flatMap(({ pieces }) => itemsOf(pieces))).toHaveLength(50 * 256 - 1);
      expect(result.exports).toBe(sent.length);
      expect(result.exports).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(50 * 256)));
      expect(result.rest).toEqual([]);
    }
  });

  it("never finds an innocent item guilty, and accounts for each exactly once", async () => {
    const items = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), items, async (batches, numbers) => {
        const names = new Set(numbers.map((number) => `${number % batches}:${number}`));
        const { probe } = destination((item) => names.has(item));
        const pieces = whole(batches, 100);
        const result = await bisect(pieces, refusal, { probe, halve, patience: () => 1000, maxExports: 10_000 });
        const guilty = result.guilty.flatMap(({ piece }) => itemsOf([piece]));
        const delivered = result.delivered.flatMap((each) => itemsOf(each.pieces));
        expect([...guilty, ...delivered].sort()).toEqual(itemsOf(pieces).sort());
        if (numbers.length > 0) expect(new Set(guilty)).toEqual(names);
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it("finds an item that was refused alone guilty without sending it again", async () => {
    const { probe, sent } = destination(() => true);
    const result = await bisect([pieceOf(0, [7])], refusal, { probe, halve, ...patient });
    expect(result.guilty).toEqual([{ piece: pieceOf(0, [7]), refusal }]);
    expect(sent).toEqual([]);
  });

  it("gives up early where everything is refused", async () => {
    const { probe, sent } = destination(() => true);
    const result = await bisect(whole(40, 250), refusal, { probe, halve, patience: () => 22, maxExports: 10_000 });
    expect(sent.length).toBe(23);
    expect(result.guilty.flatMap(({ piece }) => itemsOf([piece]))).toHaveLength(10_000);
    expect(result.delivered).toEqual([]);
  });

  it("spends a single export where everything was refused before", async () => {
    const { probe, sent } = destination(() => true);
    await bisect(whole(40, 250), refusal, { probe, halve, patience: () => 1, maxExports: 10_000 });
    expect(sent.length).toBeLessThanOrEqual(2);
  });

  it("delivers what is beside a large guilty group instead of trying all its members", async () => {
    const { probe, sent } = destination((item) => item.startsWith("0:"));
    const pieces = [pieceOf(0, range(250)), pieceOf(1, range(250))];
    const result = await bisect(pieces, refusal, { probe, halve, patience: () => 17, maxExports: 10_000 });
    const delivered = result.delivered.flatMap(({ pieces: taken }) => itemsOf(taken));
    expect(delivered.sort()).toEqual(itemsOf([pieceOf(1, range(250))]).sort());
    expect(sent.length).toBeLessThanOrEqual(2 * 17);
  });

  it("finds a guilty item far from a large guilty group", async () => {
    const { probe, sent } = destination((item) => item.startsWith("0:") || item === "1:200");
    const pieces = [pieceOf(0, range(250)), pieceOf(1, range(250))];
    const result = await bisect(pieces, refusal, { probe, halve, patience: () => 17, maxExports: 10_000 });
    expect(result.delivered.flatMap(({ pieces: taken }) => itemsOf(taken))).toHaveLength(249);
    expect(sent.length).toBeLessThanOrEqual(60);
  });

  it("keeps within its budget however much is guilty, and loses nothing", async () => {
    const { probe, sent } = destination((item) => Number(item.split(":")[1]) % 3 === 0);
    const pieces = whole(10, 200);
    const result = await bisect(pieces, refusal, { probe, halve, patience: () => 50, maxExports: 60 });
    expect(sent.length).toBeLessThanOrEqual(60 + 20);
    const seen = [...result.guilty.map(({ piece }) => piece), ...result.delivered.flatMap((each) => each.pieces)];
    expect(itemsOf(seen).sort()).toEqual(itemsOf(pieces).sort());
  });

  it("stops where the destination stops answering: what is not settled comes back", async () => {
    const otherwise = { kind: "retry", reason: "HTTP 503", cause: "failed" } as const;
    const { probe, sent } = destination((item) => item === "3:77", { from: 4, otherwise });
    const pieces = whole(8, 100);
    const result = await bisect(pieces, refusal, { probe, halve, ...patient });
    expect(sent).toHaveLength(4);
    expect(result.stopped).toBe(otherwise);
    const delivered = result.delivered.flatMap((each) => itemsOf(each.pieces));
    expect(delivered.length).toBeGreaterThan(0);
    expect([...delivered, ...itemsOf(result.rest)].sort()).toEqual(itemsOf(pieces).sort());
  });

  it("takes small halves of what was too large for innocent", async () => {
    const tooLarge: Refusal = { ...refusal, reason: "too-large", status: 413 };
    const probe: BisectOptions<number>["probe"] = async (pieces) =>
      itemsOf(pieces).length > 100 ? tooLarge : { kind: "delivered", rejected: 0 };
    const result = await bisect(whole(4, 200), tooLarge, { probe, halve, ...patient });
    expect(result.guilty).toEqual([]);
    expect(result.delivered.flatMap((each) => itemsOf(each.pieces))).toHaveLength(800);
    expect(result.exports).toBeLessThanOrEqual(14);
  });

  it("finds a piece that cannot be cut guilty as it is", async () => {
    const { probe } = destination((item) => item === "0:1");
    const result = await bisect(whole(2, 3), refusal, { probe, halve: (piece) => [piece], ...patient });
    expect(result.guilty.map(({ piece }) => piece.batch)).toEqual([0]);
  });
});
