import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonScan } from "../../shared/loki/json-scan.ts";

const paths = [["level"], ["a"], ["a", "b"], ["a", "b", "c"], ["é"]];

/** What the scan finds, as values; undefined when it leaves the line to a parser. */
function scanned(text: string, margin = "", scan = new JsonScan(paths)): readonly unknown[] | undefined {
  const bytes = Buffer.from(`${margin}${text}${margin}`);
  const from = Buffer.byteLength(margin);
  const to = from + Buffer.byteLength(text);
  if (!scan.scan(bytes, from, to)) return undefined;
  return paths.map((_, slot) => {
    const start = scan.starts[slot] ?? -1;
    return start < 0 ? undefined : JSON.parse(bytes.toString("utf8", start, scan.ends[slot]));
  });
}

function parsed(text: string): readonly unknown[] | undefined {
  try {
    const object: unknown = JSON.parse(text);
    if (typeof object !== "object" || object === null || Array.isArray(object)) return undefined;
    return paths.map((path) => {
      let found: unknown = object;
      for (const name of path) {
        if (typeof found !== "object" || found === null || Array.isArray(found) || !Object.hasOwn(found, name))
          return undefined;
        found = (found as Record<string, unknown>)[name];
      }
      return found;
    });
  } catch {
    return undefined;
  }
}

const names = fc.constantFrom("level", "a", "b", "c", "é", "x", "level ", "");
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(0, -0.5, 1e21, 1e-9, true, false, null, "", "info", 'with "quotes"', "tab\t", "\u{1f600}", "{"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(names, tie("value"), { maxKeys: 4 }),
  ),
}));
const object = fc.dictionary(names, value, { maxKeys: 6 });

describe("JsonScan", () => {
  it("finds the same in lines that come behind others, whatever fields those had", () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 12 }), (objects) => {
        const scan = new JsonScan(paths);
        for (const text of objects.map((each) => JSON.stringify(each))) {
          expect(scanned(text, "", scan)).toEqual(scanned(text));
          expect(scanned(text.slice(0, -1), "", scan)).toBeUndefined();
          expect(scanned(text.replace(":", " :"), "", scan)).toEqual(scanned(text.replace(":", " :")));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("finds in any object what a parser finds", () => {
    fc.assert(
      fc.property(
        object,
        fc.constantFrom(undefined, 1, "\t"),
        fc.constantFrom("", '"', "}"),
        (given, indent, margin) => {
          const text = JSON.stringify(given, undefined, indent);
          expect(scanned(text, margin)).toEqual(parsed(text));
        },
      ),
    );
  });

  it("is never surer than a parser about damaged text", () => {
    const damage = fc.record({
      at: fc.nat(400),
      remove: fc.nat(2),
      put: fc.constantFrom("", '"', "\\", "{", "]", "-", "0", ",", ":", " ", "\n", "\u0001", "e"),
    });
    fc.assert(
      fc.property(object, damage, (given, { at, remove, put }) => {
        const whole = JSON.stringify(given);
        const place = at % (whole.length + 1);
        const text = (whole.slice(0, place) + put + whole.slice(place + remove)).toWellFormed();
        const found = scanned(text);
        if (found !== undefined) expect(found).toEqual(parsed(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['{"a":{"b":1},"a":{}}', "the last field of a name counts, with what is in it"],
    ['{"a":{"b":1},"a":2}', "also where it is not an object"],
    ['{"a":{"b":{"c":[1,{"b":2}]}},"level":"x"}', "objects in lists are not searched"],
    [' \t{ "level" : "info" , "a" : null } \r', "blanks are free"],
    ['{"level":"a\\u00e9\\n"}', "escapes in values"],
  ])("%s: %s", (text) => {
    expect(scanned(text)).toEqual(parsed(text));
  });

  it.each([
    "",
    "[]",
    "null",
    '"a"',
    "{",
    "{}x",
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":tru}',
    '{"a":truex}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"x',
    '{"a":"\n"}',
    '{"a":1,}',
    "{a:1}",
    "{'a':1}",
    '{"a" 1}',
    '{"a":NaN}',
    '{"a":--1}',
  ])("takes %s for no object", (text) => {
    expect(scanned(text)).toBeUndefined();
  });

  it("leaves names with escapes and deep nesting to a parser", () => {
    expect(scanned('{"\\u0061":1}')).toBeUndefined();
    expect(scanned(`{"x":${"[".repeat(100)}${"]".repeat(100)}}`)).toBeUndefined();
  });
});
