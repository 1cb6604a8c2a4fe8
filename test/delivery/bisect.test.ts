import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attempted } from "../../shared/delivery/attempt.ts";
import { type BisectOptions, bisect, type Piece } from "../../shared/delivery/bisect.ts";
import type { Refusal } from "../../shared/delivery/verdict.ts";

const refusal: Refusal = { kind: "refused", reason: "rejected", status: 400, message: "bad item" };
const usual = { random: () => 0.5, maxExports: 10_000, maxSamples: 3, cutsFailed: false };

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
function destination(bad: (item: string) => boolean, later?: { readonly from: number; readonly otherwise: Attempted }) {
  const sent: string[][] = [];
  const probe: BisectOptions<number>["probe"] = async (pieces) => {
    sent.push(itemsOf(pieces));
    if (later && sent.length >= later.from) return later.otherwise;
    return itemsOf(pieces).some(bad) ? refusal : { kind: "delivered", rejected: 0 };
  };
  return { probe, sent };
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const whole = (batches: number, items: number) => range(batches).map((batch) => pieceOf(batch, range(items)));

describe("bisect()", () => {
  it("finds one refused item among 12,800 in one export per halving, and sends no good item twice", async () => {
    for (const bad of ["0:0", "31:77", "49:255", "25:128"]) {
      const { probe, sent } = destination((item) => item === bad);
      const result = await bisect(whole(50, 256), refusal, { probe, halve, ...usual });
      expect(result.refused.flatMap(({ piece }) => itemsOf([piece]))).toEqual([bad]);
      expect(result.delivered.flatMap(({ pieces }) => itemsOf(pieces))).toHaveLength(50 * 256 - 1);
      expect(result.exports).toBe(sent.length);
      expect(result.exports).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(50 * 256)));
      expect(result.rest).toEqual([]);
    }
  });

  it("never refuses a good item, and accounts for each exactly once", async () => {
    const items = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), items, async (batches, numbers) => {
        const names = new Set(numbers.map((number) => `${number % batches}:${number}`));
        const { probe } = destination((item) => names.has(item));
        const pieces = whole(batches, 100);
        const result = await bisect(pieces, refusal, { probe, halve, ...usual });
        const bad = result.refused.flatMap(({ piece }) => itemsOf([piece]));
        const delivered = result.delivered.flatMap((each) => itemsOf(each.pieces));
        expect([...bad, ...delivered].sort()).toEqual(itemsOf(pieces).sort());
        if (numbers.length > 0) expect(new Set(bad)).toEqual(names);
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it("counts an item that was refused alone as refused without sending it again", async () => {
    const { probe, sent } = destination(() => true);
    const result = await bisect([pieceOf(0, [7])], refusal, { probe, halve, ...usual });
    expect(result.refused).toEqual([{ piece: pieceOf(0, [7]), refusal }]);
    expect(sent).toEqual([]);
  });

  it("rejects nothing untried where everything is refused: what the budget does not reach comes back", async () => {
    const { probe, sent } = destination(() => true);
    const result = await bisect(whole(40, 250), refusal, { probe, halve, ...usual, maxExports: 100 });
    expect(sent.length).toBeLessThanOrEqual(100);
    const bad = result.refused.flatMap(({ piece }) => itemsOf([piece]));
    const alone = new Set(sent.filter((items) => items.length === 1).flat());
    expect(bad.filter((item) => !alone.has(item))).toEqual([]);
    expect(bad.length).toBeGreaterThan(30);
    expect(bad.length + result.rest.reduce((sum, { piece }) => sum + piece.items, 0)).toBe(10_000);
    expect(result.rest.every(({ retry }) => retry.cause === "not-tried")).toBe(true);
  });

  it("does not cost more than twice the items, whatever is refused", async () => {
    const { probe, sent } = destination(() => true);
    const result = await bisect(whole(4, 100), refusal, { probe, halve, ...usual });
    expect(result.refused).toHaveLength(400);
    expect(sent.length).toBeLessThan(420);
  });

  it("finds 30 bad records among 300 clients and rejects none of the other 270", async () => {
    const names = new Set(range(30).map((index) => `${(index * 83) % 300}:0`));
    const { probe } = destination((item) => names.has(item));
    const pieces = range(300).map((batch) => pieceOf(batch, [0]));
    const result = await bisect(pieces, refusal, { probe, halve, ...usual });
    expect(new Set(result.refused.flatMap(({ piece }) => itemsOf([piece])))).toEqual(names);
    expect(result.delivered.flatMap((each) => itemsOf(each.pieces))).toHaveLength(270);
    expect(result.exports).toBeLessThan(240);
  });

  it("delivers what is beside a large refused group instead of trying all its members", async () => {
    const { probe, sent } = destination((item) => item.startsWith("0:"));
    const pieces = [pieceOf(0, range(250)), pieceOf(1, range(250))];
    const result = await bisect(pieces, refusal, { probe, halve, ...usual });
    const delivered = result.delivered.flatMap(({ pieces: taken }) => itemsOf(taken));
    expect(delivered.sort()).toEqual(itemsOf([pieceOf(1, range(250))]).sort());
    expect(sent.length).toBeLessThanOrEqual(2 * 250);
  });

  it("finds a refused item far from a large refused group", async () => {
    const { probe, sent } = destination((item) => item.startsWith("0:") || item === "1:200");
    const pieces = [pieceOf(0, range(250)), pieceOf(1, range(250))];
    const result = await bisect(pieces, refusal, { probe, halve, ...usual });
    expect(result.delivered.flatMap(({ pieces: taken }) => itemsOf(taken))).toHaveLength(249);
    expect(sent.length).toBeLessThanOrEqual(2 * 250 + 20);
  });

  it("keeps within its budget however much is refused, and loses nothing", async () => {
    const { probe, sent } = destination((item) => Number(item.split(":")[1]) % 3 === 0);
    const pieces = whole(10, 200);
    const result = await bisect(pieces, refusal, { probe, halve, ...usual, maxExports: 60 });
    expect(sent.length).toBeLessThanOrEqual(60);
    const seen = [
      ...result.refused.map(({ piece }) => piece),
      ...result.delivered.flatMap((each) => each.pieces),
      ...result.rest.map(({ piece }) => piece),
    ];
    expect(itemsOf(seen).sort()).toEqual(itemsOf(pieces).sort());
  });

  it.each([
    ["is known to be down", { kind: "retry", reason: "HTTP 503", cause: "outage" }, 4],
    ["fails as often as halving could explain", { kind: "retry", reason: "HTTP 503", cause: "failed" }, 17],
  ] as const)("stops where the destination %s: what is not settled comes back", async (_, otherwise, most) => {
    const { probe, sent } = destination((item) => item === "3:77", { from: 4, otherwise });
    const pieces = whole(8, 100);
    const result = await bisect(pieces, refusal, { probe, halve, ...usual });
    expect(sent.length).toBeLessThanOrEqual(most);
    const delivered = result.delivered.flatMap((each) => itemsOf(each.pieces));
    expect(delivered.length).toBeGreaterThan(0);
    const rest = result.rest.map(({ piece }) => piece);
    expect([...delivered, ...itemsOf(rest)].sort()).toEqual(itemsOf(pieces).sort());
  });

  it("delivers the small halves of what was too large", async () => {
    const tooLarge: Refusal = { ...refusal, reason: "too-large", status: 413 };
    const probe: BisectOptions<number>["probe"] = async (pieces) =>
      itemsOf(pieces).length > 100 ? tooLarge : { kind: "delivered", rejected: 0 };
    const result = await bisect(whole(4, 200), tooLarge, { probe, halve, ...usual });
    expect(result.refused).toEqual([]);
    expect(result.delivered.flatMap((each) => itemsOf(each.pieces))).toHaveLength(800);
    expect(result.exports).toBeLessThanOrEqual(14);
  });

  it("refuses a piece that cannot be cut as it is", async () => {
    const { probe } = destination((item) => item === "0:1");
    const result = await bisect(whole(2, 3), refusal, { probe, halve: (piece) => [piece], ...usual });
    expect(result.refused.map(({ piece }) => piece.batch)).toEqual([0]);
  });

  describe("after a failure", () => {
    const failure = { kind: "retry", reason: "HTTP 502", cause: "failed" } as const;

    /** Fails for every export that holds one of these items. */
    function failing(bad: (item: string) => boolean) {
      const sent: string[][] = [];
      const probe: BisectOptions<number>["probe"] = async (pieces) => {
        sent.push(itemsOf(pieces));
        return itemsOf(pieces).some(bad) ? failure : { kind: "delivered", rejected: 0 };
      };
      return { probe, sent };
    }

    it("delivers everything beside the one batch that is always answered 502", async () => {
      const { probe, sent } = failing((item) => item === "17:3");
      const result = await bisect(whole(40, 5), failure, { probe, halve, ...usual });
      expect(result.isAlive).toBe(true);
      expect(result.rest.map(({ piece, isAlone }) => [piece.batch, isAlone])).toEqual([[17, true]]);
      expect(result.delivered.flatMap((each) => itemsOf(each.pieces))).toHaveLength(39 * 5);
      expect(result.refused).toEqual([]);
      expect(sent.length).toBeLessThanOrEqual(16);
    });

    it("takes it for an outage where three pieces alone fail, and sends no more", async () => {
      const { probe, sent } = failing(() => true);
      const result = await bisect(whole(40, 5), failure, { probe, halve, ...usual });
      expect(sent).toHaveLength(3);
      expect(result.isAlive).toBe(false);
      expect(result.rest.reduce((sum, { piece }) => sum + piece.items, 0)).toBe(200);
    });

    it("looks into a batch only where it is told to", async () => {
      const { probe } = failing((item) => item === "0:3");
      const outside = await bisect(whole(2, 8), failure, { probe, halve, ...usual });
      expect(outside.rest.map(({ piece }) => piece.items)).toEqual([8]);
      const inside = await bisect(whole(1, 8), failure, { probe, halve, ...usual, cutsFailed: true });
      expect(itemsOf(inside.rest.map(({ piece }) => piece))).toEqual(["0:3"]);
      expect(inside.delivered.flatMap((each) => itemsOf(each.pieces))).toHaveLength(7);
    });
  });
});
