import { describe, expect, it } from "vitest";
import type { DeadLetterSummary } from "../../shared/dead-letters/dead-letter.ts";
import { type Selection, selects } from "../../shared/dead-letters/selection.ts";

const letter: DeadLetterSummary = {
  id: "a",
  signal: "logs",
  services: ["checkout", "cart"],
  reason: "rejected",
  message: "",
  items: 1,
  bytes: 1,
  replays: 0,
  deadLetteredAt: 1000,
  expiresAt: 2000,
};

describe("selects()", () => {
  it.each<[Selection, boolean]>([
    [{}, true],
    [{ signal: "logs" }, true],
    [{ signal: "traces" }, false],
    [{ service: "cart" }, true],
    [{ service: "car" }, false],
    [{ reason: "rejected" }, true],
    [{ reason: "redriven" }, false],
    [{ sinceAt: 1000 }, true],
    [{ sinceAt: 1001 }, false],
    [{ untilAt: 1000 }, false],
    [{ untilAt: 1001 }, true],
    [{ ids: new Set(["a", "b"]) }, true],
    [{ ids: new Set() }, false],
    [{ signal: "logs", service: "cart", sinceAt: 0, untilAt: 5000, reason: "crashed" }, false],
  ])("%j: %j", (selection, selected) => {
    expect(selects(selection, letter)).toBe(selected);
  });

  it("takes a letter without a signal only where none is asked for", () => {
    const { signal: _, ...raw } = letter;
    expect([selects({}, raw), selects({ signal: "logs" }, raw)]).toEqual([true, false]);
  });
});
