import type { WireWriter } from "../wire/wire-writer.ts";
import type { JsonReader } from "./json-reader.ts";

/** What `copyString` returns where the writer's buffer is too short: the string has not been taken. */
export const noRoom = -1;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Copies the content of the string whose quote is next to `to` in the writer's buffer and returns the end of the copy.
 * Four bytes at a time as long as none of them is special (bench/transcode.ts, typical logs): a control character, a
 * quote or a backslash sets the highest bit of its byte in one of three sums.
 */
export function copyString(reader: JsonReader, writer: WireWriter, to: number): number {
  const { bytes, view } = reader;
  const target = writer.bytes;
  const targetView = writer.view;
  let from = reader.at + 1;
  let at = to;
  // What an escape stands for is never longer than the escape.
  const limit = Math.min(bytes.length, from + target.length - to);
  for (;;) {
    for (const last = limit - 4; from <= last; from += 4, at += 4) {
      const word = view.getInt32(from, true);
      const quotes = word ^ 0x22222222;
      const slashes = word ^ 0x5c5c5c5c;
      const special =
        ((word - 0x20202020) & ~word) | ((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes);
      if ((special & 0x80808080) !== 0) break;
      targetView.setInt32(at, word, true);
    }
    let byte = 0;
    for (; from < limit; from++, at++) {
      byte = bytes[from] as number;
      if (byte === quote) {
        reader.at = from + 1;
        return at;
      }
      if (byte === backslash || byte < 0x20) break;
      target[at] = byte;
    }
    if (from >= limit) break;
    if (byte !== backslash) reader.fail("A control character in a string must be escaped.", from);
    const start = reader.at;
    reader.at = from;
    at = reader.takeEscape(target, at);
    from = reader.at;
    reader.at = start;
  }
  if (limit === bytes.length) reader.fail("The string does not end.");
  return noRoom;
}
