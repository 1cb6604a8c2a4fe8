import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineSplitter } from "../../../shared/node/tail/line-splitter.ts";
import { textDecoding } from "../../../shared/node/tail/text-decoding.ts";

const utf8 = textDecoding("");
const maxLineBytes = 12;

function split(blocks: readonly Buffer[]) {
  if (utf8 === undefined) throw new Error("UTF-8 is unknown");
  const splitter = createLineSplitter(utf8, maxLineBytes);
  const parts = [...blocks.map((block) => () => splitter.feed(block)), () => splitter.finish()].map((next) => {
    const { lines, ...rest } = next();
    return { ...rest, lines: lines.entries() };
  });
  return {
    lines: parts.flatMap(({ lines }) => lines.map(({ line }) => line)),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    cut: parts.reduce((sum, { cut }) => sum + cut, 0),
  };
}

/** What a person would do with the whole content. */
function byHand(content: string) {
  const all = content.split("\n");
  const open = all.at(-1) === "" ? all.slice(0, -1) : all;
  const lines = open.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  const isLong = (line: string) => Buffer.byteLength(line) > maxLineBytes;
  const short = lines.map((line) => {
    let text = line;
    while (isLong(text)) text = [...text].slice(0, -1).join("");
    return text;
  });
  return { lines: short, bytes: Buffer.byteLength(content), cut: lines.filter(isLong).length };
}

const piece = fc.constantFrom("a", "word", "é", "\u{1f600}", "\n", "\n\n", "\r\n", "\r", "x".repeat(13), "é".repeat(9));

describe("createLineSplitter()", () => {
  it("finds the same lines wherever the blocks are cut", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(40), { maxLength: 5 }), (pieces, cuts) => {
        const content = pieces.join("");
        const bytes = Buffer.from(content);
        const places = [0, ...cuts.map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b), bytes.length];
        const blocks = places.slice(1).map((to, index) => bytes.subarray(places[index], to));
        expect(split(blocks)).toEqual(byHand(content));
      }),
      { numRuns: 500 },
    );
  });

  it("replaces what is not UTF-8, in its line alone", () => {
    const content = Buffer.concat([Buffer.from("good\n"), Buffer.from([0xff, 0x61]), Buffer.from("\nzwölf\n")]);
    expect(split([content]).lines).toEqual(["good", "\ufffda", "zwölf"]);
  });
});
