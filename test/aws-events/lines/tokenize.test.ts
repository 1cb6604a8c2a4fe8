import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIsoTime } from "../../../shared/aws-events/lines/iso-time.ts";
import { tokenize } from "../../../shared/aws-events/lines/tokenize.ts";
import { caseOf } from "../objects/object-cases.ts";

describe("tokenize()", () => {
  it.each(["alb-escaped-quote-ua", "alb-33-fields", "alb-unknown-extra"])("counts the fields of %s", (name) => {
    const { input, values } = caseOf(name);
    expect(tokenize(String(input.line))).toHaveLength(Number(values.tokens));
  });

  it.each([
    ["", []],
    ["  a   b ", ["a", "b"]],
    ['a "" b', ["a", "", "b"]],
    [String.raw`"say \"hi\" \\" x`, [String.raw`say "hi" \ `.trimEnd(), "x"]],
    [String.raw`"\x22\xC3\xA9\x" x`, [String.raw`"é\x`, "x"]],
    ['"h2","http/1.1" x', ['h2","http/1.1', "x"]],
    ['a"b c', ['a"b', "c"]],
    ["[a b] c", ["[a", "b]", "c"]],
  ])("reads %s", (line, tokens) => {
    expect(tokenize(line)).toEqual(tokens);
  });

  it.each(['a "b c', String.raw`"a\"`, '"', 'x "a"b'])("knows that the quote of %s is not closed", (line) => {
    expect(tokenize(line)).toBeUndefined();
  });

  it("reads back what is quoted and escaped", () => {
    const field = fc.string({ unit: "grapheme" }).filter((text) => !/\\x[0-9a-fA-F]{2}/.test(text));
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const line = fields.map((text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(" ");
        expect(tokenize(line)).toEqual(fields);
      }),
    );
  });
});

describe("parseIsoTime()", () => {
  it.each([
    ["2024-03-01T12:00:00.204812Z", { ms: Date.parse("2024-03-01T12:00:00.204Z"), nanos: 812_000 }],
    ["2024-03-01T12:00:00", { ms: Date.parse("2024-03-01T12:00:00Z") }],
    ["2024-03-01T12:00:00+02:00", { ms: Date.parse("2024-03-01T10:00:00Z") }],
    ["2024-02-30T12:00:61Z", undefined],
    ["2024-13-01T12:00:00Z", undefined],
    ["1969-12-31T23:59:59Z", undefined],
    ["-", undefined],
    ["", undefined],
  ])("reads %s", (text, time) => {
    expect(parseIsoTime(text)).toEqual(time);
  });
});
