import { cutToBytes, isLongerThan } from "../../loki/byte-length.ts";
import { LineEntry } from "../../loki/line-entry.ts";
import { LineList } from "./line-list.ts";
import type { TextDecoding } from "./text-decoding.ts";

/** Lines of a block, and how many bytes of the file they took with their newlines. */
export interface SplitLines {
  /** To be read before the next block is. */
  readonly lines: LineList;
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
const none: SplitLines = { lines: new LineList(), bytes: 0, cut: 0, isInvalid: false };
const empty = Buffer.alloc(0);

/** A splitter whose lines have at most `maxLineBytes`; a `\r` before the newline goes too. It has one list of lines, perhaps with others. */
export function createLineSplitter(
  decoding: TextDecoding,
  maxLineBytes: number,
  list: LineList = new LineList(),
): LineSplitter {
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

  /** Puts the lines of `content` into the list, which are separated by newlines; `head` is the beginning of the first one. */
  function split(head: Buffer, content: Buffer): { cut: number; isInvalid: boolean } {
    if (!decoding.isUtf8) return { cut: fromText(Buffer.concat([head, content])), isInvalid: false };
    list.begin(content);
    const newline = head.length === 0 ? 0 : content.indexOf(lineFeed);
    const headEnd = newline < 0 ? content.length : newline;
    const first = head.length === 0 ? empty : Buffer.concat([head, content.subarray(0, headEnd)]);
    if (!decoding.isValid(content) || !decoding.isValid(first)) {
      return { cut: fromText(Buffer.concat([head, content])), isInvalid: true };
    }
    if (head.length === 0) return { cut: fromBytes(content, 0), isInvalid: false };
    const to = lineEnd(first, 0, first.length);
    const isCut = to > maxLineBytes;
    list.addHead(first, 0, isCut ? characterEnd(first, maxLineBytes) : to);
    return { cut: (isCut ? 1 : 0) + (newline < 0 ? 0 : fromBytes(content, headEnd + 1)), isInvalid: false };
  }

  /** Returns how many lines were cut. */
  function fromBytes(bytes: Buffer, begin: number): number {
    let cut = 0;
    for (let start = begin; start <= bytes.length; ) {
      const from = bytes[start] === 0 ? behindZeros(bytes, start) : start;
      const newline = bytes.indexOf(lineFeed, from);
      const end = newline < 0 ? bytes.length : newline;
      const to = lineEnd(bytes, from, end);
      const isCut = to - from > maxLineBytes;
      if (isCut) cut += 1;
      list.add(from, isCut ? characterEnd(bytes, from + maxLineBytes) : to);
      start = end + 1;
    }
    return cut;
  }

  function fromText(bytes: Buffer): number {
    let cut = 0;
    const texts = decoding
      .decode(bytes)
      .split("\n")
      .map((each) => {
        const line = each.endsWith("\r") ? each.slice(0, -1) : each;
        if (!isLongerThan(line, maxLineBytes)) return LineEntry.ofText(line);
        cut += 1;
        return LineEntry.ofText(cutToBytes(line, maxLineBytes));
      });
    list.setTexts(texts);
    return cut;
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
      const { cut, isInvalid } = split(head, block.subarray(from, last));
      keep(block.subarray(end));
      return { lines: list, bytes: hole + head.length + lost + end, cut, isInvalid };
    },
    finish() {
      const { head, lost, hole } = take();
      if (head.length === 0) return none;
      const { cut, isInvalid } = split(empty, head);
      return { lines: list, bytes: hole + head.length + lost, cut, isInvalid };
    },
  };
}

/** Before a carriage return. */
function lineEnd(bytes: Buffer, from: number, to: number): number {
  return to > from && bytes[to - 1] === carriageReturn ? to - 1 : to;
}

/** The end of the last whole character before `to`. */
function characterEnd(bytes: Buffer, to: number): number {
  let end = to;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
