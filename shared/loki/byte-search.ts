import type { ByteSearch } from "../re2/byte-judge.ts";
import { isGrowing } from "./byte-room.ts";

/** Looks are counted in runs of so many; a text that most lines have is found sooner by making a text of the line. */
const run = 256;
const maxFound = 128;
/** How many lines then are not looked at. */
const pause = 8_192;

/** Looks for a text in lines that are bytes: the whole block is searched at once, up to where the text stands next. */
export function createByteSearch(text: string): ByteSearch {
  const wanted = Buffer.from(text);
  let known: Buffer | undefined;
  /** From `since` on the text stands at `next` first; -1 for nowhere. */
  let since = 0;
  let next = -1;
  let looks = 0;
  let found = 0;
  let paused = 0;

  function isWorth(): boolean {
    if (paused > 0) {
      paused -= 1;
      return false;
    }
    if (looks < run) return true;
    if (found > maxFound) paused = pause;
    looks = 0;
    found = 0;
    return paused === 0;
  }

  return {
    has(block, from, to) {
      if (isGrowing(block) || !isWorth()) return undefined;
      if (known !== block || from < since || (next >= 0 && next < from)) {
        known = block;
        since = from;
        next = block.indexOf(wanted, from);
      }
      looks += 1;
      const isThere = next >= 0 && next + wanted.length <= to;
      if (isThere) found += 1;
      return isThere;
    },
  };
}
