import { close, closeSync, constants, fstatSync, openSync, read, readSync, type Stats, statSync } from "node:fs";
import { promisify } from "node:util";
import { LineList } from "./line-list.ts";
import { createLineSplitter, type LineSplitter, type SplitLines } from "./line-splitter.ts";
import type { Position } from "./positions.ts";
import { hasSignature, isWhole, readSignature } from "./signature.ts";
import { byteOrderMark, type TextDecoding } from "./text-decoding.ts";

/** Of all files: its lines are given on before the next block is read. */
const lines = new LineList();
const readBytes = promisify(read);
const closeFile = promisify(close);
const maxMarkBytes = 3;
/** Of what was read at once, so much becomes entries at once: they are gone before there are many of them. */
const pieceBytes = 65_536;

/** How lines are read. */
export interface ReadOptions {
  readonly decoding: TextDecoding;
  readonly maxLineBytes: number;
}

/** A file that is being read, line by line. */
export interface OpenFile {
  /** As `fileId` says. */
  readonly id: string;
  /** Up to where its bytes have been read, an open line included. */
  readonly readOffset: number;
  /** Behind the last whole line that was read. */
  position(): Position;
  /** Reads what stands behind `readOffset`, one block at most, and gives it on in pieces; true at the end of the file. */
  read(into: Buffer, give: (split: SplitLines) => void): Promise<boolean>;
  /** The open line at the end of a file to which nothing will be added. */
  finish(): SplitLines;
  /** False when the beginning of the file is not what it was: it was truncated and written again. */
  isSame(): boolean;
  close(): void;
}

/** Device, inode and birth of a file: inodes are used again. */
export function fileId(stats: Stats): string {
  return `${stats.dev}:${stats.ino}:${stats.birthtimeMs}`;
}

/** The identity of the file that a path leads to; undefined when there is none. */
export function fileAt(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? fileId(stats) : undefined;
}

/** Where to begin in an open file, by its size and identity. */
export type StartAt = (fd: number, size: number, id: string) => number;

/** Opens a file at the offset that `startAt` says. Throws what opening throws. */
export function openFile(path: string, options: ReadOptions, startAt: StartAt): OpenFile {
  // A pipe without a writer would hold up the process.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    return new ReadFile(fd, { id: fileId(stats), options, start: startAt(fd, stats.size, fileId(stats)) });
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

/** Whether a file goes on from a saved position: it is long enough, and begins as it did. */
export function isContinued(path: string, saved: Position): boolean {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return fstatSync(fd).size >= saved.offset && (saved.signature === undefined || hasSignature(fd, saved.signature));
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
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

class ReadFile implements OpenFile {
  private readonly fd: number;
  readonly id: string;
  private readonly options: ReadOptions;
  private signature: ReturnType<typeof readSignature>;
  private decoding: TextDecoding;
  private splitter: LineSplitter;
  readOffset = 0;
  private lineOffset = 0;

  constructor(fd: number, { id, options, start }: Opened) {
    this.fd = fd;
    this.id = id;
    this.options = options;
    this.signature = readSignature(fd);
    this.decoding = options.decoding;
    this.splitter = createLineSplitter(this.decoding, options.maxLineBytes, lines);
    if (start > 0) this.begin(start);
  }

  position(): Position {
    return { offset: this.lineOffset, ...(this.signature ? { signature: this.signature } : {}), file: this.id };
  }

  async read(into: Buffer, give: (split: SplitLines) => void): Promise<boolean> {
    const isUnread = this.readOffset === 0;
    if (!isUnread && this.readOffset < maxMarkBytes && this.lineOffset === this.readOffset) this.begin(this.readOffset);
    const { bytesRead } = await readBytes(this.fd, into, 0, into.length, this.readOffset);
    if (bytesRead > 0 && !isWhole(this.signature)) this.signature = readSignature(this.fd);
    if (isUnread) this.skipMark(into.subarray(0, Math.min(bytesRead, maxMarkBytes)), 0);
    for (let at = isUnread ? this.readOffset : 0; at < bytesRead; at += pieceBytes) {
      const piece = into.subarray(at, Math.min(bytesRead, at + pieceBytes));
      const split = this.splitter.feed(piece);
      this.readOffset += piece.length;
      this.lineOffset += split.bytes;
      give(split);
    }
    return bytesRead < into.length;
  }

  finish(): SplitLines {
    const split = this.splitter.finish();
    this.lineOffset += split.bytes;
    return split;
  }

  isSame(): boolean {
    return this.signature === undefined || hasSignature(this.fd, this.signature);
  }

  close(): void {
    void closeFile(this.fd).catch(() => {});
  }

  private begin(offset: number): void {
    const first = Buffer.alloc(maxMarkBytes);
    this.skipMark(first.subarray(0, readSync(this.fd, first, 0, maxMarkBytes, 0)), offset);
  }

  /** A mark in the first bytes of the file is skipped and says how the rest is to be read, from `offset` on. */
  private skipMark(first: Buffer, offset: number): void {
    const mark = byteOrderMark(first);
    const decoding = mark?.decoding ?? this.options.decoding;
    if (decoding !== this.decoding) this.splitter = createLineSplitter(decoding, this.options.maxLineBytes, lines);
    this.decoding = decoding;
    this.readOffset = Math.max(offset, mark?.bytes ?? 0);
    this.lineOffset = this.readOffset;
  }
}
