import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelSet } from "../../shared/loki/entry.ts";
import {
  formatLabels,
  isLabelName,
  labelSet,
  labelValue,
  mergeLabels,
  parseLabels,
  withLabel,
} from "../../shared/loki/labels.ts";

const set = (pairs: Record<string, string>): LabelSet => labelSet(Object.entries(pairs));

describe("formatLabels()", () => {
  it.each([
    [{}, "{}"],
    [{ b: "2", a: "1" }, '{a="1", b="2"}'],
    [{ a: 'x"y\\z\n\t' }, '{a="x\\"y\\\\z\\n\\t"}'],
    [{ a: "\u0001é😀" }, '{a="\\x01é😀"}'],
    [{ __path__: "/x", a: "1" }, '{a="1"}'],
  ])("writes %j as %s", (labels, text) => {
    expect(formatLabels(set(labels))).toBe(text);
  });
});

describe("parseLabels()", () => {
  it.each([
    ["{}", {}],
    ["", {}],
    ['{a="1",b="2"}', { a: "1", b: "2" }],
    ['{ b = "2" , a="1", }', { a: "1", b: "2" }],
    ["{a=`x\\y`}", { a: "x\\y" }],
    ['{a="\\xc3\\xa9\\u00e9\\101"}', { a: "ééA" }],
    ['{a="",b="1"}', { b: "1" }],
  ])("reads %s", (text, labels) => {
    expect(parseLabels(text)).toEqual({ kind: "labels", labels: set(labels) });
  });

  it.each(["{a=1}", '{a.b="1"}', '{a="1" b="2"}', '{a="1"', '{a="1"}x', 'a="1"', '{a="1",a="2"}', "{a", '{a="\\q"}'])(
    "refuses %s",
    (text) => {
      expect(parseLabels(text).kind).toBe("invalid");
    },
  );

  it("reads what formatLabels() writes", () => {
    const pairs = fc.array(
      fc.tuple(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,8}$/), fc.string({ unit: "grapheme", minLength: 1 })),
    );
    fc.assert(
      fc.property(pairs, (some) => {
        const labels = labelSet(some);
        expect(parseLabels(formatLabels(labels))).toEqual({ kind: "labels", labels });
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseLabels(`{${text}`)));
  });
});

describe("withLabel()", () => {
  it("keeps the order, replaces, and returns the same array when nothing changes", () => {
    const labels = set({ a: "1", c: "3" });
    expect(withLabel(labels, "b", "2")).toEqual(set({ a: "1", b: "2", c: "3" }));
    expect(withLabel(labels, "c", "4")).toEqual(set({ a: "1", c: "4" }));
    expect(withLabel(labels, "c", "3")).toBe(labels);
    expect(labelValue(labels, "c")).toBe("3");
  });
});

describe("mergeLabels()", () => {
  it("keeps the own value of an equal name", () => {
    expect(mergeLabels(set({ a: "1" }), set({ a: "2", b: "3" }))).toEqual(set({ a: "1", b: "3" }));
  });
});

describe("isLabelName()", () => {
  it.each([
    ["a_1", true],
    ["_a", true],
    ["1a", false],
    ["a-b", false],
    ["", false],
  ])("judges %s", (name, valid) => {
    expect(isLabelName(name)).toBe(valid);
  });
});
