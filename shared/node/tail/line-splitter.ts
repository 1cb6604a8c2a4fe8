import { cutToBytes, isLongerThan } from "../../loki/byte-length.ts";
import { LineEntry } from "../../loki/line-entry.ts";
import type { TextDecoding } from "./text-decoding.ts";

/** Lines of a block, and how many bytes of the file they took with their newlines. */
export interface SplitLines {
  /** Entries without labels and time. */
  readonly lines: readonly LineEntry[];
  readonly bytes: number;
  /** Lines that were longer than the limit and were cut. */
  readonly cut: number;
  /** Whether bytes were not valid in the encoding. */
  readonly isInvalid: boolean;
}

/** Cuts the bytes of a file into lines. What has no newline yet is kept, up to the limit. */
export interface LineSplitter {
  feed(block: Buffer): SplitLines;
  /** The last line, which has no newline, if there is one. */
  finish(): SplitLines;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const none: SplitLines = { lines: [], bytes: 0, cut: 0, isInvalid: false };
const empty = Buffer.alloc(0);

/** A splitter whose lines have at most `maxLineBytes`; a `\r` before the newline goes too. */
export function createLineSplitter(decoding: TextDecoding, maxLineBytes: number): LineSplitter {
  let open: Buffer = empty;
  /** Bytes of the open line that were not kept. */
  let skipped = 0;
  /** Zeros in front of the open line, which are not kept either. */
  let zeros = 0;

  function keep(all: Buffer): void {
    const from = open.length === 0 && skipped === 0 ? behindZeros(all, 0) : 0;
    zeros += from;
    const block = all.subarray(from);
    const room = Math.max(0, maxLineBytes + 4 - open.length);
    const kept = block.subarray(0, room - (room % decoding.newlineBytes));
    skipped += block.length - kept.length;
    open = open.length === 0 ? Buffer.from(kept) : Buffer.concat([open, kept]);
  }

  function take(): { head: Buffer; lost: number; hole: number } {
    const taken = { head: open, lost: skipped, hole: zeros };
    open = empty;
    skipped = 0;
    zeros = 0;
    return taken;
  }

  /**
   * Who writes on behind a truncation, at the place that he had, leaves a hole of zeros in front of his next line, which must not fill it.
   */
  function behindZeros(bytes: Buffer, from: number): number {
    let at = from;
    if (decoding.isUtf8) while (bytes[at] === 0) at += 1;
    return at;
  }

  /** `bytes` is kept by the lines, which are separated by newlines. */
  function lines(bytes: Buffer): { texts: LineEntry[]; cut: number; isInvalid: boolean } {
    const isInvalid = !decoding.isValid(bytes);
    return { ...(decoding.isUtf8 && !isInvalid ? fromBytes(bytes) : fromText(decoding.decode(bytes))), isInvalid };
  }

  function fromBytes(bytes: Buffer): { texts: LineEntry[]; cut: number } {
    const texts: LineEntry[] = [];
    let cut = 0;
    for (let start = 0; start <= bytes.length; ) {
      const from = behindZeros(bytes, start);
      const newline = bytes.indexOf(lineFeed, from);
      const end = newline < 0 ? bytes.length : newline;
      const to = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
      const isCut = to - from > maxLineBytes;
      if (isCut) cut += 1;
      texts.push(LineEntry.ofBlock(bytes, from, isCut ? characterEnd(bytes, from + maxLineBytes) : to));
      start = end + 1;
    }
    return { texts, cut };
  }

  function fromText(text: string): { texts: LineEntry[]; cut: number } {
    let cut = 0;
    const texts = text.split("\n").map((each) => {
      const line = each.endsWith("\r") ? each.slice(0, -1) : each;
      if (!isLongerThan(line, maxLineBytes)) return LineEntry.ofText(line);
      cut += 1;
      return LineEntry.ofText(cutToBytes(line, maxLineBytes));
    });
    return { texts, cut };
  }

  return {
    feed(block) {
      const last = decoding.lastNewline(block);
      if (last < 0) {
        keep(block);
        return none;
      }
      const { head, lost, hole } = take();
      // What was skipped of a long line is not in the text: its rest must not be put behind what was kept.
      const from = lost === 0 ? 0 : decoding.nextNewline(block, 0);
      const end = last + decoding.newlineBytes;
      const content = block.subarray(from, last);
      const { texts, cut, isInvalid } = lines(Buffer.concat([head, content]));
      keep(block.subarray(end));
      return { lines: texts, bytes: hole + head.length + lost + end, cut, isInvalid };
    },
    finish() {
      const { head, lost, hole } = take();
      if (head.length === 0) return none;
      const { texts, cut, isInvalid } = lines(head);
      return { lines: texts, bytes: hole + head.length + lost, cut, isInvalid };
    },
  };
}

/** The end of the last whole character before `to`. */
function characterEnd(bytes: Buffer, to: number): number {
  let end = to;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
