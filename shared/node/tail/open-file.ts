import { close, constants, fstatSync, openSync, read, readSync, type Stats } from "node:fs";
import { promisify } from "node:util";
import { createLineSplitter, type LineSplitter, type SplitLines } from "./line-splitter.ts";
import type { Position } from "./positions.ts";
import { hasSignature, isWhole, readSignature } from "./signature.ts";
import { byteOrderMark, type TextDecoding } from "./text-decoding.ts";

const readBytes = promisify(read);
const closeFile = promisify(close);
const maxMarkBytes = 3;

/** How lines are read. */
export interface ReadOptions {
  readonly decoding: TextDecoding;
  readonly maxLineBytes: number;
}

/** A file that is being read, line by line. */
export interface OpenFile {
  /** Device and inode. */
  readonly id: string;
  /** Up to where its bytes have been read, an open line included. */
  readonly readOffset: number;
  /** Behind the last whole line that was read. */
  position(): Position;
  /** What stands behind `readOffset`, one block at most. */
  read(into: Buffer): Promise<SplitLines & { readonly isAtEnd: boolean }>;
  /** The open line at the end of a file to which nothing will be added. */
  finish(): SplitLines;
  /** False when the beginning of the file is not what it was: it was truncated and written again. */
  isSame(): boolean;
  close(): void;
}

/** Device and inode of a file. */
export function fileId(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}

/** Opens a file at the offset that `startAt` says, given the open file. Throws what opening throws. */
export function openFile(path: string, options: ReadOptions, startAt: (fd: number, size: number) => number): OpenFile {
  // A pipe without a writer would hold up the process.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    return createOpenFile(fd, { id: fileId(stats), options, start: startAt(fd, stats.size) });
  } catch (error) {
    close(fd, () => {});
    throw error;
  }
}

/** Where to go on in a file: at a saved position if it is the file that the position is of, else at its beginning. */
export function resumeAt(saved: Position, fd: number, size: number): number {
  const isKnown = saved.signature === undefined ? saved.offset <= size : hasSignature(fd, saved.signature);
  return isKnown ? Math.min(saved.offset, size) : 0;
}

/** Behind the last newline of a file. */
export function lastLineEnd(fd: number, size: number, decoding: TextDecoding): number {
  const block = Buffer.alloc(65_536);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length);
    const count = readSync(fd, block, 0, end - start, start);
    const found = decoding.lastNewline(block.subarray(0, count));
    if (found >= 0) return start + found + decoding.newlineBytes;
    end = start;
  }
  return 0;
}

interface Opened {
  readonly id: string;
  readonly options: ReadOptions;
  readonly start: number;
}

function createOpenFile(fd: number, { id, options, start }: Opened): OpenFile {
  let signature = readSignature(fd);
  let decoding = options.decoding;
  let splitter: LineSplitter = createLineSplitter(decoding, options.maxLineBytes);
  let readOffset = 0;
  let lineOffset = 0;

  /** A mark is skipped and says how the rest is to be read. */
  function begin(offset: number): void {
    const first = Buffer.alloc(maxMarkBytes);
    const mark = byteOrderMark(first.subarray(0, readSync(fd, first, 0, maxMarkBytes, 0)));
    decoding = mark?.decoding ?? options.decoding;
    splitter = createLineSplitter(decoding, options.maxLineBytes);
    readOffset = Math.max(offset, mark?.bytes ?? 0);
    lineOffset = readOffset;
  }
  begin(start);

  return {
    id,
    get readOffset() {
      return readOffset;
    },
    position: () => ({ offset: lineOffset, ...(signature ? { signature } : {}), file: id }),
    async read(into) {
      if (readOffset < maxMarkBytes && lineOffset === readOffset) begin(readOffset);
      const { bytesRead } = await readBytes(fd, into, 0, into.length, readOffset);
      if (bytesRead === 0) return { lines: [], bytes: 0, cut: 0, isInvalid: false, isAtEnd: true };
      const split = splitter.feed(into.subarray(0, bytesRead));
      readOffset += bytesRead;
      lineOffset += split.bytes;
      if (!isWhole(signature)) signature = readSignature(fd);
      return { ...split, isAtEnd: bytesRead < into.length };
    },
    finish() {
      const split = splitter.finish();
      lineOffset += split.bytes;
      return split;
    },
    isSame: () => signature === undefined || hasSignature(fd, signature),
    close: () => void closeFile(fd).catch(() => {}),
  };
}
