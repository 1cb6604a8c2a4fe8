import { parsePattern } from "./parse.ts";
import { type Prefix, prefixOf } from "./prefix.ts";
import { requiredTexts } from "./required-texts.ts";

/** Whether bytes match, of UTF-8 and as far as that can be said without making a text of them; undefined where it cannot. */
export type ByteJudge = (block: Buffer, from: number, to: number) => boolean | undefined;

/** Looks for a text among bytes; undefined where that is not worth it. */
export interface ByteSearch {
  has(block: Buffer, from: number, to: number): boolean | undefined;
}

const no = 0;
const yes = 1;
const unknown = 2;

/** What can be said about a pattern from bytes: how its matches begin, and a text that each of them holds. */
export function compileByteJudge(pattern: string, search: (text: string) => ByteSearch): ByteJudge {
  const node = parsePattern(pattern);
  if (node === undefined) return () => undefined;
  const prefix = prefixOf(node);
  if (prefix !== undefined && (prefix.sets.length > 0 || prefix.isAll)) return prefixJudge(prefix);
  const searches = requiredTexts(node)?.map(search) ?? [];
  if (searches.length === 0) return () => undefined;
  return (block, from, to) => {
    for (const each of searches) if (each.has(block, from, to) !== false) return undefined;
    return false;
  };
}

function prefixJudge({ sets, isAll }: Prefix): ByteJudge {
  const tables = sets.map(table);
  return (block, from, to) => {
    if (to - from < tables.length) return false;
    for (let index = 0; index < tables.length; index += 1) {
      const is = (tables[index] as Uint8Array)[block[from + index] as number];
      if (is === no) return false;
      // A character of several bytes: from here on they are not places of characters.
      if (is === unknown) return undefined;
    }
    return isAll ? true : undefined;
  };
}

/** By a byte: whether its character is in the set. */
function table(ranges: readonly number[]): Uint8Array {
  const is = new Uint8Array(256);
  for (let index = 0; index + 1 < ranges.length; index += 2) {
    const [first = 0, last = 0] = [ranges[index], ranges[index + 1]];
    if (first < 128) is.fill(yes, first, Math.min(last, 127) + 1);
    if (last > 127) is.fill(unknown, 128);
  }
  return is;
}
