import { describe, expect, it } from "vitest";
import type { Entry } from "../../shared/loki/entry.ts";
import { labelSet } from "../../shared/loki/labels.ts";
import { parseCri } from "../../shared/loki/parse-cri.ts";
import { parseLogfmt } from "../../shared/loki/parse-logfmt.ts";
import { createPipeline } from "../../shared/loki/pipeline.ts";
import { parseRfc3339 } from "../../shared/loki/rfc3339.ts";
import { parseSelector } from "../../shared/loki/selector.ts";
import { extractedText, type StageSpec } from "../../shared/loki/stages/stage.ts";
import { compileTimeFormat } from "../../shared/loki/time-format.ts";
import { timeZone } from "../../shared/time-zone.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { stage, stageWorld } from "../support/stage-world.ts";

async function run(specs: readonly StageSpec[], ...lines: readonly string[]): Promise<readonly Entry[]> {
  const out = recordingEntries();
  const pipeline = createPipeline(specs, out.receiver, stageWorld().world);
  const labels = labelSet([["app", "a"]]);
  const sent = pipeline.receiver.consume(lines.map((line) => ({ labels, timeUnixNano: 0n, line, metadata: [] })));
  await pipeline.close();
  await sent;
  return out.entries;
}

const texts = (entries: readonly Entry[]) => entries.map(({ line }) => line);

describe("compileTimeFormat()", () => {
  const now = Date.UTC(2026, 0, 15);
  const parse = (text: string, format: string, zone?: string, nowMs = now) => {
    const time = compileTimeFormat(format, zone === undefined ? undefined : timeZone(zone), () => nowMs)(text);
    return time === undefined ? undefined : new Date(Number(time / 1_000_000n)).toISOString();
  };

  it.each([
    ["2024-02-29T12:34:56.789Z", "RFC3339", "2024-02-29T12:34:56.789Z"],
    ["2024-02-29T12:34:56,789Z", "RFC3339", "2024-02-29T12:34:56.789Z"],
    ["2024-02-29t12:34:56z", "RFC3339", undefined],
    ["1700000001.25", "Unix", "2023-11-14T22:13:21.250Z"],
    ["-5", "Unix", "1969-12-31T23:59:55.000Z"],
    ["1700000001x", "Unix", undefined],
    ["99999999999999999999", "UnixMs", undefined],
    ["1700000001123", "UnixMs", "2023-11-14T22:13:21.123Z"],
    ["2023-02-29", "2006-01-02", undefined],
    ["2024-060", "2006-002", "2024-02-29T00:00:00.000Z"],
    ["69-01-02", "06-01-02", "1969-01-02T00:00:00.000Z"],
    ["68-01-02", "06-01-02", "2068-01-02T00:00:00.000Z"],
    ["2024-02-29 12:34:56 CET", "2006-01-02 15:04:05 MST", "2024-02-29T12:34:56.000Z"],
    ["Thu, 29 Feb 2024 12:34:56 +0100", "RFC1123Z", "2024-02-29T11:34:56.000Z"],
    ["29 Feb 24 12:34 UTC", "RFC822", "2024-02-29T12:34:00.000Z"],
    ["Thursday, 29-Feb-24 12:34:56 UTC", "RFC850", "2024-02-29T12:34:56.000Z"],
    ["Thu Feb 29 12:34:56 -0700 2024", "RubyDate", "2024-02-29T19:34:56.000Z"],
    ["Thu Feb  1 12:34:56 UTC 2024", "UnixDate", "2024-02-01T12:34:56.000Z"],
    ["02/29/2024 01:02:03 PM", "01/02/2006 03:04:05 PM", "2024-02-29T13:02:03.000Z"],
    ["2/9/2024 12:02:03 am", "1/2/2006 3:04:05 pm", "2024-02-09T00:02:03.000Z"],
    ["20240229T123456.5+01:30", "20060102T150405-07:00", "2024-02-29T11:04:56.500Z"],
    ["January 5, 2024", "January 2, 2006", "2024-01-05T00:00:00.000Z"],
    ["jan 5 2024", "Jan 2 2006", "2024-01-05T00:00:00.000Z"],
    ["2024-13-01", "2006-01-02", undefined],
    ["2024-01-01 24:00:00", "2006-01-02 15:04:05", undefined],
    ["2024-01-01 extra", "2006-01-02", undefined],
    ["Jan  5 10:00:00", "Jan _2 15:04:05", "2026-01-05T10:00:00.000Z"],
    ["Dec 31 23:59:59", "Jan _2 15:04:05", "2025-12-31T23:59:59.000Z"],
  ])("reads %s as %s", (text, format, expected) => {
    expect(parse(text, format)).toBe(expected);
  });

  it("takes January in December for the next year", () => {
    expect(parse("Jan  1 00:00:01", "Jan _2 15:04:05", undefined, Date.UTC(2025, 11, 31))).toBe(
      "2026-01-01T00:00:01.000Z",
    );
  });

  it.each([
    ["2024-03-31 02:30:00", "Europe/Berlin", "2024-03-31T01:30:00.000Z"],
    ["2024-10-27 02:30:00", "Europe/Berlin", "2024-10-27T01:30:00.000Z"],
    ["2024-11-03 01:30:00", "America/New_York", "2024-11-03T05:30:00.000Z"],
    ["2024-07-01 12:00:00", "Asia/Kolkata", "2024-07-01T06:30:00.000Z"],
    ["2024-07-01 12:00:00", "UTC", "2024-07-01T12:00:00.000Z"],
  ])("reads %s in %s", (text, zone, expected) => {
    expect(parse(text, "2006-01-02 15:04:05", zone)).toBe(expected);
  });

  it("knows the abbreviations of the place", () => {
    const layout = "2006-01-02 15:04:05 MST";
    expect(parse("2024-07-01 12:00:00 EDT", layout, "America/New_York")).toBe("2024-07-01T16:00:00.000Z");
    expect(parse("2024-07-01 12:00:00 CEST", layout, "Europe/Berlin")).toBe("2024-07-01T10:00:00.000Z");
  });
});

describe("parseRfc3339()", () => {
  it("keeps nanoseconds", () => {
    expect(parseRfc3339("1970-01-01T00:00:01.000000001+00:00")).toBe(1_000_000_001n);
  });
});

describe("parseCri()", () => {
  const parse = (line: string) => {
    const found = parseCri(line);
    return found && `${found.time}|${found.stream}|${found.isPartial ? "P" : "F"}|${found.content}`;
  };
  it.each([
    ["T stdout F hello", "T|stdout|F|hello"],
    ["T stderr P one ", "T|stderr|P|one "],
    ["T stdout F ", "T|stdout|F|"],
    ["T stdout F", "T|stdout|F|"],
    ["T stdout F   x  ", "T|stdout|F|  x  "],
    ["T stdout X hello", "T|stdout|F|X hello"],
    ["T stdin F x", undefined],
    ["T  stdout F x", undefined],
    ["T stdout", undefined],
    ["", undefined],
  ])("reads %j", (line, expected) => {
    expect(parse(line)).toBe(expected);
  });
});

describe("parseLogfmt()", () => {
  const parse = (text: string) => {
    const pairs: string[] = [];
    parseLogfmt(text, (key, value) => pairs.push(`${key}=${value}`));
    return pairs;
  };
  it.each([
    ["a=1 b c=", ["a=1", "b=", "c="]],
    ['a="x\\"y\\nz" b=2', ['a=x"y\nz', "b=2"]],
    ["a=1 a=2", ["a=1", "a=2"]],
    ['a=1 b="open', ["a=1"]],
    ["a=1\nb=2", ["a=1", "b=2"]],
    ["a=1 =x b=2", ["a=1"]],
    ['a="é" ü=1', ["a=é", "ü=1"]],
    ["", []],
  ])("reads %j", (text, pairs) => {
    expect(parse(text)).toEqual(pairs);
  });
});

describe("parseSelector()", () => {
  it.each(['{app="a"} | json', '{a="b"', "{}", 'a="b"', '{a=~"("}', '{a="b"} |= x'])("refuses %s", (text) => {
    expect(parseSelector(text)).toMatchObject({ kind: "invalid", reason: expect.stringContaining("parse error") });
  });

  it("takes alternatives of a line filter", async () => {
    const match = stage("match", { selector: '{app="a"} |= "x" or "y" != `z`', action: "drop" });
    expect(texts(await run([match], "x", "y", "xz", "q"))).toEqual(["xz", "q"]);
  });
});

describe("extractedText()", () => {
  it.each([
    [1e-9, "0.000000001"],
    [1e21, "1000000000000000000000"],
    [-1.5e-7, "-0.00000015"],
    [1.25e22, "12500000000000000000000"],
    [0.1, "0.1"],
    [-0, "-0"],
    [true, "true"],
    [null, undefined],
  ])("writes %s", (value, text) => {
    expect(extractedText(value)).toBe(text);
  });
});

describe("the stages", () => {
  it("pattern: a text that is missing ends the match with the rest in the last capture", async () => {
    const specs = [stage("pattern", { pattern: "<a> - <b>;<_>", labels_from_groups: true })];
    const [entry] = await run(specs, "x - rest of it");
    expect(entry?.labels).toEqual(labelSet(Object.entries({ a: "x", app: "a", b: "rest of it" })));
  });

  it.each([
    ["<a><b>", "found consecutive capture '<a><b>'"],
    ["none", "at least one capture is required"],
    ["<_> x", "at least one capture is required"],
  ])("pattern: refuses %s", async (pattern, message) => {
    await expect(run([stage("pattern", { pattern })], "x")).rejects.toThrow(message);
  });

  it("replace: an expression without groups changes nothing, a named group becomes a value", async () => {
    expect(texts(await run([stage("replace", { expression: "x", replace: "y" })], "axa"))).toEqual(["axa"]);
    const named = [
      stage("replace", { expression: "(?P<ip>[0-9.]+)", replace: "{{ .Value | len }}" }),
      stage("labels", { values: new Map([["ip", ""]]) }),
    ];
    const [entry] = await run(named, "from 10.0.0.1 to 1.1.1.1");
    expect([entry?.line, entry?.labels.find(({ name }) => name === "ip")?.value]).toEqual(["from 8 to 7", "8"]);
  });

  it("drop: several sources are joined, absent ones left out", async () => {
    const specs = [
      stage("logfmt", {
        mapping: new Map([
          ["a", ""],
          ["b", ""],
        ]),
      }),
      stage("drop", { source: "a,b", separator: "#", expression: "^1#2$" }),
    ];
    expect(texts(await run(specs, "a=1 b=2", "a=1", "b=2 a=1 "))).toEqual(["a=1"]);
  });

  it("truncate: cuts at a character and tells what it cut", async () => {
    const specs = [
      stage("truncate", { rule: [{ limit: 6, suffix: "..", sources: [], source_type: "line" }] }),
      stage("labels", { values: new Map([["truncated", ""]]) }),
    ];
    const [entry] = await run(specs, "aééé");
    expect([entry?.line, entry?.labels.some(({ value }) => value === "line")]).toEqual(["aé..", true]);
  });

  it("luhn: takes delimiters between the digits and leaves what stands behind them", async () => {
    const specs = [stage("luhn", { delimiters: " -", replacement: "**" })];
    expect(texts(await run(specs, "card 4539-5787-6362-1486 ok", "4539 5787 6362 1486, 12"))).toEqual([
      "card ** ok",
      "**, 12",
    ]);
  });

  it("cri: emits a part that is open at the end, and flushes when too many are open", async () => {
    const line = (stream: string, text: string) => `2024-02-29T12:34:56Z ${stream} P ${text}`;
    expect(texts(await run([stage("cri")], line("stdout", "a"), line("stdout", "b")))).toEqual(["ab"]);
    expect(
      texts(await run([stage("cri", { max_partial_lines: 1 })], line("stdout", "a"), line("stderr", "b"))),
    ).toEqual(["a", "b"]);
  });

  it("structured_metadata: takes labels too, which then are labels no more", async () => {
    const [entry] = await run([stage("structured_metadata", { values: new Map([["app", ""]]) })], "x");
    expect(entry).toMatchObject({ labels: [], metadata: [{ name: "app", value: "a" }] });
  });

  it("multiline: counts empty lines at the beginning", async () => {
    const specs = [stage("multiline", { firstline: "^(A|$)", max_lines: 3 })];
    expect(texts(await run(specs, "A", "", "x", "y", "z"))).toEqual(["A", "x\ny", "z"]);
  });

  it.each([
    ["lists", `{"a":${"[".repeat(120_000)}${"]".repeat(120_000)},"b":1}`],
    ["objects", `{"a":${'{"b":'.repeat(120_000)}1${"}".repeat(120_000)},"b":1}`],
  ])("json: takes a line with too many %s inside of each other for malformed, and goes on", async (_what, line) => {
    const specs = (args: object) => [stage("json", { expressions: new Map([["a", ""]]), ...args })];
    expect(texts(await run(specs({}), line, "x"))).toEqual([line, "x"]);
    expect(texts(await run(specs({ drop_malformed: true }), line, '{"a":1}'))).toEqual(['{"a":1}']);
    expect(texts(await run(specs({ regex: "." }), line))).toEqual([line]);
  });

  it("json: takes null for an object without fields", async () => {
    const json = stage("json", { expressions: new Map([["a", ""]]), drop_malformed: true });
    expect(texts(await run([json], " null ", "", "nul", "[]"))).toEqual([" null "]);
    expect(texts(await run([json, stage("drop", { source: "a" })], "null"))).toEqual([]);
  });

  it("json: writes objects as Alloy's encoder does", async () => {
    const specs = [stage("json", { expressions: new Map([["a", ""]]) }), stage("output", { source: "a" })];
    expect(texts(await run(specs, '{"a":["<\\b\\f\\n\\\\b\\u007f>"]}'))).toEqual([
      '["\\u003c\\u0008\\u000c\\n\\\\b\u007f\\u003e"]',
    ]);
  });

  it("never lets a pattern take long on a hostile line", async () => {
    const specs = [
      stage("regex", { expression: "(?P<x>(a+)+)$" }),
      stage("drop", { expression: "^(([a-z])+.)+[A-Z]([a-z])+$" }),
    ];
    const start = performance.now();
    await run(specs, `${"a".repeat(20_000)}!`);
    await run([stage("multiline", { firstline: "." }), stage("luhn"), stage("decolorize")], `${"\r".repeat(200_000)}x`);
    await run(
      [stage("luhn"), stage("decolorize")],
      "9".repeat(200_000),
      "\u001b[".repeat(100_000),
      "\u001b]".repeat(100_000),
    );
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
