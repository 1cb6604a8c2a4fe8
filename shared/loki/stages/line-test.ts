import { type ByteJudge, compileByteJudge } from "../../re2/byte-judge.ts";
import type { Re2 } from "../../re2/re2.ts";
import { createByteSearch } from "../byte-search.ts";
import type { LineEntry } from "../line-entry.ts";

/** Judges lines by a pattern: true, false, or undefined where only their text can say. */
export function lineJudge(pattern: Re2): (entry: LineEntry) => boolean | undefined {
  let judge: ByteJudge | undefined;
  return ({ block, from, to }) => {
    if (block === undefined) return undefined;
    judge ??= compileByteJudge(pattern.pattern, createByteSearch);
    return judge(block, from, to);
  };
}

/** Whether a line matches, from its bytes where they say so. */
export function lineTest(pattern: Re2): (entry: LineEntry) => boolean {
  const judge = lineJudge(pattern);
  return (entry) => judge(entry) ?? pattern.test(entry.line);
}

/** Whether a line holds a text. */
export function lineHolds(text: string): (entry: LineEntry) => boolean {
  const search = createByteSearch(text);
  return (entry) => {
    const { block, from, to } = entry;
    return (block && search.has(block, from, to)) ?? entry.line.includes(text);
  };
}
