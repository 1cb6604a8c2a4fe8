import { describe, expect, it } from "vitest";
import { parseInstant } from "../../shared/dead-letters/parse-instant.ts";
import { parseOrder } from "../../shared/dead-letters/parse-order.ts";
import type { Action } from "../../shared/dead-letters/report.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const parse = (action: Action, given: object) =>
  parseOrder({ ...given }, { action, now, nameOf: (key) => JSON.stringify(key) });

describe("parseOrder()", () => {
  it("reads texts as well as numbers, booleans and lists", () => {
    const expected = {
      kind: "parsed",
      order: {
        selection: { signal: "logs", ids: new Set(["a", "b"]), sinceAt: now - 3_600_000 },
        max: 5,
        itemsPerSecond: 2.5,
        includeStale: true,
        dryRun: true,
        because: "",
      },
    };
    const texts = { signal: "logs", ids: "a, b", since: "1h", max: "5", rate: "2.5", includeStale: true, dryRun: true };
    const values = { ...texts, ids: ["a", "b"], max: 5, rate: 2.5 };
    expect(parse("replay", texts)).toEqual(expected);
    expect(parse("replay", values)).toEqual(expected);
  });

  it("selects by class with reason in a discard, as everywhere, where the comment is why", () => {
    expect(parse("discard", { reason: "crashed", comment: "a test" })).toMatchObject({
      order: { selection: { reason: "crashed" }, because: "a test" },
    });
  });

  it.each([
    ["replay", { signals: "logs" }, 'replay does not take "signals".'],
    ["list", { max: 1 }, 'list does not take "max".'],
    ["replay", { signal: "log" }, '"signal" is log: it must be one of traces, metrics, logs.'],
    ["replay", { service: {} }, '"service" must be a text.'],
    ["replay", { service: "" }, '"service" must be a text.'],
    ["replay", { max: 1.5 }, '"max" is 1.5: it must be a whole number above 0.'],
    ["replay", { rate: -1 }, '"rate" is -1: it must be a number above 0.'],
    ["replay", { ids: [] }, '"ids" names no letter.'],
    ["discard", { all: true }, 'A discard needs "comment": why, in your words; it is logged with each letter.'],
    ["discard", { comment: "old" }, 'Nothing is selected: narrow it down, or give "all" to discard every dead letter.'],
    [
      "discard",
      { reason: "rejected" },
      'A discard needs "comment": why, in your words; it is logged with each letter.',
    ],
    [
      "discard",
      { reason: "old", comment: "x" },
      '"reason" is old: it must be one of rejected, too-large, crashed, undecodable, unreadable, redriven.',
    ],
  ] as const)("refuses in a %s %j", (action, given, message) => {
    expect(parse(action, given)).toEqual({ kind: "wrong", message });
  });
});

describe("parseInstant()", () => {
  it.each([
    ["90m", now - 5_400_000],
    ["1.5h", now - 5_400_000],
    ["3d", now - 259_200_000],
    ["10s", now - 10_000],
    ["2026-11-20", Date.parse("2026-11-20T00:00:00Z")],
    ["2026-11-20T08:00Z", Date.parse("2026-11-20T08:00:00Z")],
    ["2026-11-20T08:00:00.5+02:00", Date.parse("2026-11-20T06:00:00.5Z")],
    ["2026-11-20T08:00:00", undefined],
    ["2026-13-40", undefined],
    ["yesterday", undefined],
    ["-100", undefined],
    ["1w", undefined],
    ["", undefined],
  ])("reads %j", (text, at) => {
    expect(parseInstant(text, now)).toBe(at);
  });
});
