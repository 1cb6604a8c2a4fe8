import { describe, expect, it } from "vitest";
import { signalNames } from "../../shared/signal.ts";
import { figures, tally } from "../support/cli/figures.ts";
import { startGrafanaStand as start } from "../support/destination/grafana-stand.ts";

const numbered = (count: number, prefix = "item") => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe("poisonBlocksNobody", () => {
  it.each(signalNames)("delivers 9,999 of 10,000 %s and parks the one that is refused", async (signal) => {
    const { accept, drain, destination, found, letters } = await start({ poison: (item) => item === "item-6789" });
    const items = numbered(10_000);
    for (let at = 0; at < items.length; at += 500) await accept(signal, { names: items.slice(at, at + 500) });
    expect(await drain()).toBe(true);
    const result = tally(items, await found());
    const extra = destination.count() - 1;
    figures(`poisonBlocksNobody ${signal}`, { ...result, "extra exports": extra });
    expect(result).toEqual({ sent: 10_000, delivered: 9999, parked: 1, queued: 0, lost: 0, duplicated: 0 });
    expect(extra).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(items.length)));
    const message = "HTTP 400: item item-6789 is not acceptable";
    expect(letters()).toMatchObject([{ items: 1, deadLetter: { reason: "rejected", status: 400, message } }]);
    expect(destination.complaints).toEqual([]);
  });

  it("finds several refused items in one batch, and parks them in one letter for each thing that was said", async () => {
    const refused = new Set(["item-3", "item-999", "item-1000", "item-1700"]);
    const { accept, drain, destination, found, letters } = await start({
      poison: (item) => refused.has(item),
      poisonStatus: 422,
    });
    const items = numbered(2000);
    await accept("logs", { names: items });
    expect(await drain()).toBe(true);
    const result = tally(items, await found());
    figures("poisonBlocksNobody 4 of 2000", { ...result, "extra exports": destination.count() - 1 });
    expect(result).toMatchObject({ delivered: 1996, parked: 4, lost: 0, duplicated: 0 });
    expect(letters()).toHaveLength(4);
  });

  it("parks everything where everything is refused, each item by an export of its own and hardly any more", async () => {
    const { accept, drain, destination, found } = await start({ poison: () => true });
    const items = numbered(2000);
    for (let at = 0; at < items.length; at += 500) await accept("traces", { names: items.slice(at, at + 500) });
    await drain();
    const result = tally(items, await found());
    figures("poisonBlocksNobody all refused", { ...result, exports: destination.count() });
    expect(result).toMatchObject({ delivered: 0, parked: 2000, lost: 0 });
    expect(destination.count()).toBeLessThanOrEqual(2200);
  });
});

describe("oversizeIsSplit", () => {
  it.each([413, 429] as const)(
    "delivers everything of an export that is answered %i for its size",
    async (tooLargeStatus) => {
      const { accept, drain, destination, found } = await start({ maxBytes: 300_000, tooLargeStatus });
      const items = numbered(8000);
      for (let at = 0; at < items.length; at += 1000) {
        await accept("traces", { names: items.slice(at, at + 1000), padding: "x".repeat(200) });
      }
      expect(await drain()).toBe(true);
      const result = tally(items, await found());
      const largest = Math.max(
        ...destination.requests.filter(({ status }) => status === 200).map(({ body }) => body.length),
      );
      figures(`oversizeIsSplit ${tooLargeStatus}`, {
        ...result,
        exports: destination.count(),
        "largest delivered": largest,
      });
      expect(result).toEqual({ sent: 8000, delivered: 8000, parked: 0, queued: 0, lost: 0, duplicated: 0 });
    },
  );

  it.each([
    ["merged exports", 200, 40],
    ["single batches", 8000, 1],
  ])(
    "delivers everything of %s that are answered 429 for their size in words that nobody knows",
    async (_, size, count) => {
      const { accept, drain, destination, found } = await start({});
      destination.behave(({ body }) => (body.length > 300_000 ? { status: 429, message: "slow down" } : undefined));
      const items = numbered(size * count);
      for (let at = 0; at < items.length; at += size) {
        await accept("traces", { names: items.slice(at, at + size), padding: "x".repeat(200) });
      }
      const isEmpty = await drain({ maxHours: 72 });
      const result = tally(items, await found());
      figures(`oversizeIsSplit unknown words, ${count} batches`, { ...result, exports: destination.count() });
      expect(result).toEqual({ sent: 8000, delivered: 8000, parked: 0, queued: 0, lost: 0, duplicated: 0 });
      expect(isEmpty).toBe(true);
    },
  );

  it("parks the item that is too large alone, and delivers its neighbours", async () => {
    const { accept, drain, found, letters } = await start({ maxBytes: 100_000 });
    const items = ["before", "x".repeat(200_000), "after"];
    await accept("logs", { names: items });
    expect(await drain()).toBe(true);
    const result = tally(items, await found());
    figures("oversizeIsSplit one item too large", { ...result });
    expect(result).toMatchObject({ delivered: 2, parked: 1, lost: 0, duplicated: 0 });
    expect(letters()).toMatchObject([{ items: 1, deadLetter: { reason: "too-large", status: 413 } }]);
  });
});
