import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitLines } from "../../../shared/aws-events/objects/split-lines.ts";
import { splitRecords } from "../../../shared/aws-events/objects/split-records.ts";
import type { Piece, Splitter } from "../../../shared/aws-events/objects/splitter.ts";

const maxBytes = 1000;
const name = "Records";
const lines = () => splitLines({ offset: 0, maxBytes });
const records = () => splitRecords({ offset: 0, maxBytes, name, inArray: false });

/** Pushes bytes in pieces cut at these places, each in a buffer that is overwritten afterwards. */
function split(splitter: Splitter, bytes: Uint8Array, cuts: readonly number[] = []) {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other), bytes.length];
  const pieces = places.slice(1).flatMap((to, index) => {
    const chunk = bytes.slice(places[index], to);
    const found = splitter.push(chunk);
    chunk.fill(0x78);
    return found;
  });
  const end = splitter.end();
  return { pieces: [...pieces, ...end.pieces], problem: end.problem };
}

const textsOf = (pieces: readonly Piece[]) => pieces.map((piece) => (piece.kind === "text" ? piece.text : piece.kind));
const bytesOf = (text: string) => new TextEncoder().encode(text);

describe("splitLines()", () => {
  it.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\r\n\nb", ["a", "", "b"]],
    ["\ufeffa\n\ufeffb", ["a", "\ufeffb"]],
  ])("cuts %j", (text, expected) => {
    expect(textsOf(split(lines(), bytesOf(text)).pieces)).toEqual(expected);
  });

  it("lets a line go that is too large, and goes on behind it", () => {
    const large = "x".repeat(maxBytes + 2);
    const { pieces } = split(lines(), bytesOf(`a\n${large}\nb\n${large}`), [500, 900]);
    expect(textsOf(pieces)).toEqual(["a", "too-large", "b", "too-large"]);
    expect(pieces[1]).toEqual({ kind: "too-large", start: 2, end: 2 + maxBytes + 3 });
  });

  it("finds the same lines wherever the bytes are cut", () => {
    const text = fc
      .array(fc.constantFrom("a", "é", "\u{1f600}", "\n", "\r\n", "\r", " "))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.array(fc.nat()), (whole, cuts) => {
        expect(split(lines(), bytesOf(whole), cuts)).toEqual(split(lines(), bytesOf(whole)));
      }),
    );
  });
});

describe("splitRecords()", () => {
  it.each([
    ['{"Records":[]}', []],
    ['{"Records":[{"a":1},{"b":[1,{"c":"]}"}]}]}', ['{"a":1}', '{"b":[1,{"c":"]}"}]}']],
    [
      ' { "x" : [1, {"Records":[7]}], "Records" :\n[ {"a":"\\"}"} , 7 , "a,]" ,null]} more',
      ['{"a":"\\"}"}', "7", '"a,]"', "null"],
    ],
    ['{"y":"Records","Records":{"Records":1},"Records":[1]}', ["1"]],
  ])("cuts %s", (text, expected) => {
    const { pieces, problem } = split(records(), bytesOf(text));
    expect(textsOf(pieces)).toEqual(expected);
    expect(problem).toBeUndefined();
  });

  it.each(["", "{}", "[1]", '{"a":{"Records":[1]}}', '"Records":[1]', "hello"])(
    "says that %j has no records",
    (text) => {
      expect(split(records(), bytesOf(text))).toEqual({ pieces: [], problem: "the object has no array of Records" });
    },
  );

  it("says that an object ends too early, and keeps what is whole", () => {
    const { pieces, problem } = split(records(), bytesOf('{"Records":[{"a":1},{"b":'));
    expect(textsOf(pieces)).toEqual(['{"a":1}']);
    expect(problem).toBe("the object ends before its array of Records does");
  });

  it("cuts the array that it is told, of a snapshot of AWS Config", () => {
    const options = { offset: 0, maxBytes, name: "configurationItems", inArray: false };
    const text = '{"fileVersion":"1.0","Records":[1],"configurationItems":[{"a":1}]}';
    expect(textsOf(split(splitRecords(options), bytesOf(text)).pieces)).toEqual(['{"a":1}']);
    expect(split(splitRecords(options), bytesOf("{}")).problem).toBe("the object has no array of configurationItems");
  });

  it("lets a record go that is too large", () => {
    const { pieces } = split(records(), bytesOf(`{"Records":[{"a":"${"x".repeat(maxBytes)}"},{"b":1}]}`), [400, 700]);
    expect(textsOf(pieces)).toEqual(["too-large", '{"b":1}']);
  });

  it("finds every record as JSON would, wherever the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 })),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.nat()),
        (all, more, cuts) => {
          const { Records: _, ...head } = more as Record<string, unknown>;
          const bytes = bytesOf(JSON.stringify({ ...head, Records: all }));
          const splitter = splitRecords({ offset: 0, maxBytes: 1_000_000, name, inArray: false });
          const { pieces, problem } = split(splitter, bytes, cuts);
          expect(textsOf(pieces).map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(all)));
          expect(problem).toBeUndefined();
        },
      ),
    );
  });

  it("goes on behind any record", () => {
    const bytes = bytesOf('{"Records":[{"a":1}, 7,{"b":[2]} ]}');
    const { pieces } = split(records(), bytes);
    for (const [index, { end }] of pieces.entries()) {
      const rest = split(splitRecords({ offset: end, maxBytes, name, inArray: true }), bytes.subarray(end));
      expect(rest.pieces).toEqual(pieces.slice(index + 1));
    }
  });
});
