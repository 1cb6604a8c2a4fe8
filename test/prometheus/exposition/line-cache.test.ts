import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineCache, noLine } from "../../../shared/prometheus/exposition/line-cache.ts";

const fact = { typed: -1, setsType: -1 };

/** One parse: looks lines up, adds what is new, forgets what is gone; answers with what was new and what was gone. */
function parse(cache: LineCache<string>, lines: readonly string[], round: number) {
  const body = Buffer.from(lines.join(""));
  const [added, gone]: [string[], string[]] = [[], []];
  let seen = 0;
  let at = 0;
  cache.rewind(body);
  for (const text of lines) {
    const end = at + text.length;
    const guess = cache.predicted(at);
    const found = guess !== noLine && cache.lengthOf(guess) === text.length ? guess : cache.find(at, end);
    if (found === noLine) added.push(text);
    const line = found === noLine ? cache.add(at, end, { ...fact, value: text }) : found;
    expect(cache.valueOf(line)).toBe(text);
    seen += cache.seenOf(line) === round ? 0 : 1;
    cache.see(line, round);
    cache.follow(line);
    at = end;
  }
  cache.release();
  cache.sweep(round, seen, (value) => gone.push(value));
  return { added: added.sort(), gone: gone.sort() };
}

describe("LineCache", () => {
  it("knows the lines of the last parse and no others, however they come and go", () => {
    const line = fc.tuple(fc.nat(60), fc.constantFrom(3, 40, 300)).map(([id, length]) => `${id}`.padEnd(length, "x;"));
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(line, { maxLength: 60 }), { minLength: 1, maxLength: 12 }), (rounds) => {
        const cache = new LineCache<string>();
        let before: readonly string[] = [];
        for (const [index, lines] of rounds.entries()) {
          const { added, gone } = parse(cache, lines, index + 1);
          expect(added).toEqual(lines.filter((each) => !before.includes(each)).sort());
          expect(gone).toEqual(before.filter((each) => !lines.includes(each)).sort());
          expect(cache.size).toBe(lines.length);
          before = lines;
        }
      }),
    );
  });

  it("forgets everything", () => {
    const cache = new LineCache<string>();
    parse(cache, ["a", "bb"], 1);
    cache.clear();
    expect(parse(cache, ["bb", "a"], 2)).toEqual({ added: ["a", "bb"], gone: [] });
  });
});
