import { cutToBytes, isLongerThan } from "../../loki/byte-length.ts";
import type { TextDecoding } from "./text-decoding.ts";

/** Lines of a block, and how many bytes of the file they took with their newlines. */
export interface SplitLines {
  readonly lines: readonly string[];
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

const none: SplitLines = { lines: [], bytes: 0, cut: 0, isInvalid: false };
const empty = Buffer.alloc(0);

/** A splitter whose lines have at most `maxLineBytes`; a `\r` before the newline goes too. */
export function createLineSplitter(decoding: TextDecoding, maxLineBytes: number): LineSplitter {
  let open: Buffer = empty;
  /** Bytes of the open line that were not kept. */
  let skipped = 0;

  function keep(block: Buffer): void {
    const room = Math.max(0, maxLineBytes + 4 - open.length);
    const kept = block.subarray(0, room - (room % decoding.newlineBytes));
    skipped += block.length - kept.length;
    open = open.length === 0 ? Buffer.from(kept) : Buffer.concat([open, kept]);
  }

  function take(): { head: Buffer; lost: number } {
    const taken = { head: open, lost: skipped };
    open = empty;
    skipped = 0;
    return taken;
  }

  function lines(bytes: Buffer): { texts: string[]; cut: number; isInvalid: boolean } {
    const isInvalid = !decoding.isValid(bytes);
    const texts = decoding.decode(bytes).split("\n");
    let cut = 0;
    for (const [index, text] of texts.entries()) {
      const line = text.endsWith("\r") ? text.slice(0, -1) : text;
      if (isLongerThan(line, maxLineBytes)) {
        cut += 1;
        texts[index] = cutToBytes(line, maxLineBytes);
      } else if (line !== text) texts[index] = line;
    }
    return { texts, cut, isInvalid };
  }

  return {
    feed(block) {
      const last = decoding.lastNewline(block);
      if (last < 0) {
        keep(block);
        return none;
      }
      const { head, lost } = take();
      // What was skipped of a long line is not in the text: its rest must not be put behind what was kept.
      const from = lost === 0 ? 0 : decoding.nextNewline(block, 0);
      const end = last + decoding.newlineBytes;
      const content = block.subarray(from, last);
      const { texts, cut, isInvalid } = lines(head.length === 0 ? content : Buffer.concat([head, content]));
      keep(block.subarray(end));
      return { lines: texts, bytes: head.length + lost + end, cut, isInvalid };
    },
    finish() {
      const { head, lost } = take();
      if (head.length === 0) return none;
      const { texts, cut, isInvalid } = lines(head);
      return { lines: texts, bytes: head.length + lost, cut, isInvalid };
    },
  };
}
