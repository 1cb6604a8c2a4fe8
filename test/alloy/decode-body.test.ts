import { describe, expect, it } from "vitest";
import {
  attribute,
  type Block,
  block,
  blocks,
  blockWithDefaults,
  defaultsOf,
  family,
  labelledBlocks,
  required,
  requiredBlock,
  type Table,
  table,
} from "../../shared/alloy/arguments.ts";
import { list, map } from "../../shared/alloy/composite-types.ts";
import { type DecodedBody, decodeBody } from "../../shared/alloy/decode-body.ts";
import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import { equalArguments } from "../../shared/alloy/equal-arguments.ts";
import { parseFile } from "../../shared/alloy/parse.ts";
import { any, bool, int, number, uint, whole } from "../../shared/alloy/plain-types.ts";
import { reportDiagnostics } from "../../shared/alloy/report.ts";
import { createSource } from "../../shared/alloy/source.ts";
import { struct } from "../../shared/alloy/struct-type.ts";
import { duration, oneOf, optionalSecret, secret, string } from "../../shared/alloy/text-types.ts";
import { isArray, isCapsule, isNumber, isObject, type Value } from "../../shared/alloy/value.ts";
import { secret as hide } from "../../shared/secret.ts";
import { languageCases } from "./language-cases.ts";
import { noted, vectorScope } from "./vector-scope.ts";

const inner = table(
  {
    name: required(string),
    count: attribute(int, { default: 7 }),
    wait: attribute(duration, { default: 5_000 }),
  },
  { validate: ({ count }) => (count > 100 ? "count must not be greater than 100" : undefined) },
);
const levels = ["debug", "info", "warn", "error"] as const;
const args = table({
  s: attribute(string, { default: "def" }),
  i: attribute(int, { default: 1 }),
  i8: attribute(whole("int8", -128n, 127n)),
  u: attribute(uint),
  f: attribute(number),
  b: attribute(bool),
  d: attribute(duration, { default: 60_000 }),
  l: attribute(list(string), { default: ["x"] }),
  n: attribute(list(int)),
  m: attribute(map(string)),
  targets: attribute(list(map(string))),
  secret: attribute(secret),
  optsecret: attribute(optionalSecret),
  level: attribute(
    oneOf(levels, (word) => `unrecognized log level ${JSON.stringify(word)}`),
    { default: "info" },
  ),
  any: attribute(any),
  obj: attribute(struct("object", inner)),
  blk: block(inner),
  plain: blockWithDefaults(inner, { absent: { name: "", count: 3, wait: 0 } }),
  rule: blocks(inner),
  lab: labelledBlocks(table({ value: attribute(any) })),
  "do.tted": block(table({ x: attribute(int) })),
  stage: family({ a: table({ x: attribute(int) }), b: table({ y: attribute(string) }) }),
});
const req = table({ must: required(string), other: attribute(string), blk: requiredBlock(inner) });

/** Where Go wraps a number silently, Sluice refuses it. */
const deviations = new Set(["int overflow of small type", "negative into unsigned"]);

describe("decodeBody()", () => {
  const cases = languageCases("decode").filter(({ name }) => !deviations.has(name));
  it.each(cases)("decodes as Alloy does: $name", ({ source, schema, expect: expected }) => {
    const decoded = decode(source, schema === "Req" ? (req as Table) : (args as Table));
    if (decoded.kind === "invalid") {
      expect({ ok: false, ...told(decoded.diagnostic) }).toEqual({
        ok: false,
        ...(expected.errors?.[0] ?? { message: expected.error }),
      });
      return;
    }
    const schemaTable: Table = schema === "Req" ? (req as Table) : (args as Table);
    expect(different(schemaTable, decoded.args as Readonly<Record<string, unknown>>)).toEqual(expected.arguments);
  });

  it.each([
    ["i8 = 300", "300 must be between -128 and 127, got 300"],
    ["u = -1", "-1 must be between 0 and 18446744073709551615, got -1"],
  ])("refuses what Go would wrap: %s", (source, message) => {
    const decoded = decode(source, args as Table);
    expect(decoded.kind === "invalid" && decoded.diagnostic.message).toBe(message);
  });

  it("tells what is not supported, unless it is set to its default", () => {
    const limited = table({
      fast: attribute(bool, { default: true, unsupported: "it is always on" }),
      cache: block(table({ size: attribute(int, { default: 5 }) }), { unsupported: "nothing is cached" }),
    });
    expect(decode("fast = true\ncache { size = 5 }", limited as Table).kind).toBe("decoded");
    const attributeProblem = decode("fast = false", limited as Table);
    expect(attributeProblem.kind === "invalid" && attributeProblem.diagnostic.message).toBe(
      'false "fast" is not supported: it is always on',
    );
    const blockProblem = decode("cache { size = 6 }", limited as Table);
    expect(blockProblem.kind === "invalid" && blockProblem.diagnostic.message).toBe(
      'block "cache" is not supported: nothing is cached',
    );
  });
});

describe("reportDiagnostics()", () => {
  it.each(languageCases("report"))("prints what Alloy prints: $name", ({ source, expect: { text } }) => {
    const file = createSource("test.alloy", source);
    const parsed = parseFile(file);
    let diagnostics: readonly Diagnostic[] = parsed.kind === "invalid" ? parsed.diagnostics : [];
    if (parsed.kind === "parsed") {
      const decoded = decodeBody(parsed.tree.body, args, { source: file, scope: vectorScope({}) });
      if (decoded.kind === "invalid") diagnostics = [decoded.diagnostic];
    }
    const told = reportDiagnostics(diagnostics, { sources: new Map([["test.alloy", file]]) });
    expect(told.replace(/^Hint: .*\n/m, "")).toBe(text);
  });

  it("says what was probably meant", () => {
    const outer = table(
      { endpoint: block(table({ url: attribute(string) })), interval: attribute(int) },
      { hints: { relabel: "Use another." } },
    );
    const hint = (source: string) => {
      const decoded = decode(source, outer as Table);
      return decoded.kind === "invalid" && decoded.diagnostic.hint;
    };
    expect(hint("intervall = 1")).toBe("Did you mean interval?");
    expect(hint('url = "x"')).toBe("url belongs inside of the endpoint block.");
    expect(hint("relabel { }")).toBe("Use another.");
  });

  it("uses colours on a terminal, and says nothing about a source that it does not have", () => {
    const told = reportDiagnostics([{ severity: "warning", message: "x" }], { sources: new Map(), color: true });
    expect(told).toBe("\u001b[33;1mWarning: \u001b[0m\u001b[1m-: x\u001b[0m\n");
  });
});

describe("equalArguments()", () => {
  it.each([
    [{ a: [1, new Map([["x", 1]])] }, { a: [1, new Map([["x", 1]])] }, true],
    [{ a: hide("x") }, { a: hide("x") }, true],
    [{ a: hide("x") }, { a: hide("y") }, false],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ accept() {} }, { accept() {} }, false],
    [undefined, null, false],
  ])("compares %j and %j", (left, right, expected) => {
    expect(equalArguments(left, right)).toBe(expected);
  });
});

function decode(source: string, of: Table): DecodedBody<unknown> {
  const file = createSource("", source);
  const parsed = parseFile(file);
  if (parsed.kind === "invalid") throw new Error(parsed.diagnostics[0]?.message);
  return decodeBody(parsed.tree.body, of, { source: file, scope: vectorScope({}) });
}

/** Decoded arguments that differ from their defaults, in the notation of the vectors. */
function different(of: Table, decoded: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const defaults = defaultsOf(of) as Readonly<Record<string, unknown>>;
  const changed = Object.entries(decoded).filter(([name, value]) => !equalArguments(value, defaults[name]));
  return Object.fromEntries(changed.map(([name, value]) => [name, plain(value, { name, of })]));
}

function plain(value: unknown, { name, of }: { readonly name: string; readonly of: Table }): unknown {
  const field = of.fields[name];
  if (field?.kind === "attribute")
    return field.type.name === "object" ? innerOf(value) : attributeOf(value, field.type.name);
  if (field?.kind === "family") {
    const members = value as readonly { readonly member: string; readonly args: Readonly<Record<string, unknown>> }[];
    return members.map(({ member, args: of }) => ({ [member]: of }));
  }
  if (field?.kind === "blocks" && field.labelled) {
    const labelled = value as readonly { readonly label: string; readonly value: Value }[];
    return labelled.map((each) => ({ label: each.label, value: ofAny(each.value) }));
  }
  const table = (field as Block<unknown>).tables[""];
  if (table && "name" in table.fields) return Array.isArray(value) ? value.map(innerOf) : innerOf(value);
  return value;
}

function innerOf(value: unknown): unknown {
  const { wait, ...rest } = value as { readonly wait: number };
  return { ...rest, wait: wait * 1e6 };
}

function attributeOf(value: unknown, type: string): unknown {
  if (type === "duration") return (value as number) * 1e6;
  if (type === "any") return ofAny(value as Value);
  if (typeof value === "object" && value !== null && "reveal" in value) return (value as { reveal(): string }).reveal();
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, attributeOf(each, "")]));
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((each) => attributeOf(each, ""));
  return value;
}

function ofAny(value: Value): unknown {
  if (isArray(value)) return value.map(ofAny);
  if (isObject(value)) return Object.fromEntries([...value].map(([key, each]) => [key, ofAny(each)]));
  if (isCapsule(value)) return (noted(value) as { readonly value: string }).value;
  return isNumber(value) ? Number((value as { readonly value: number }).value) : value;
}

function told({ message, start, end }: Diagnostic) {
  return {
    message,
    ...(start && { line: start.line, column: start.column }),
    ...(end && { endLine: end.line, endColumn: end.column }),
  };
}
