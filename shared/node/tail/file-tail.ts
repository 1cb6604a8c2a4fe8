import { statSync } from "node:fs";
import type { LabelSet } from "../../loki/entry.ts";
import { formatLabels, withLabel } from "../../loki/labels.ts";
import { createInFlight } from "./in-flight.ts";
import type { SplitLines } from "./line-splitter.ts";
import { fileId, lastLineEnd, type OpenFile, openFile, type ReadOptions, resumeAt } from "./open-file.ts";
import type { Position, Positions } from "./positions.ts";
import { rotatedSince } from "./sibling.ts";
import type { TailEvent } from "./tail-event.ts";

/** A file that is followed, with the labels of its entries. */
export interface TailTarget {
  readonly path: string;
  /** Without `filename`, which is added. */
  readonly labels: LabelSet;
}

/** What a tail works with. */
export interface TailWorld extends ReadOptions {
  readonly positions: Positions;
  readonly fromEnd: boolean;
  /** Gives lines on; resolves when they are durable, rejects when the process stops before. */
  send(lines: readonly string[], labels: LabelSet): Promise<void>;
  tell(event: TailEvent): void;
  now(): number;
  /** Called when lines became durable: there may be room to read more. */
  roomMade(): void;
}

/** Follows one path through appends, rotation, truncation, and its vanishing and coming back. */
export interface FileTail {
  readonly target: TailTarget;
  /** Looks at the path; true when there is something to read. Does not wait. */
  poll(): boolean;
  /** Reads one block and gives its lines on; false at the end. */
  read(into: Buffer): Promise<boolean>;
  readonly bytesInFlight: number;
  readonly readOffset: number;
  readonly isOpen: boolean;
  /** Stops: waits until what was given on is durable, or `signal` aborts. With `forget`, the position goes too. */
  close(options: { readonly forget: boolean; readonly signal: AbortSignal }): Promise<void>;
}

/** How long a replaced file is read on while its successor is empty, and behind the switch to it: writers change over late. */
const lateWriterMs = 5_000;

interface Late {
  readonly file: OpenFile;
  readonly untilMs: number;
}

/** A tail of `target`, at its saved position. */
export function createFileTail(target: TailTarget, world: TailWorld): FileTail {
  const { path } = target;
  const labelText = target.labels.length === 0 ? "" : formatLabels(target.labels);
  const labels = withLabel(target.labels, "filename", path);
  const inFlight = createInFlight(world.roomMade);
  let file: OpenFile | undefined;
  let late: Late[] = [];
  /** Since when the path leads to another file, or to none. */
  let replacedMs: number | undefined;
  /** Of the file before; undefined until one was opened. */
  let last: Position | undefined;
  let modifiedMs = 0;
  let isMissingTold = false;
  let isInvalidTold = false;

  const save = (position: Position) => world.positions.set(path, labelText, position);

  function give(split: SplitLines, from: OpenFile, isLate = false): void {
    if (split.cut > 0) world.tell({ kind: "lines-cut", path, count: split.cut });
    if (split.isInvalid && !isInvalidTold) {
      isInvalidTold = true;
      world.tell({ kind: "invalid-text", path });
    }
    if (split.lines.length === 0) return;
    world.tell({ kind: "read", path, bytes: split.bytes, lines: split.lines.length });
    const position = from.position();
    const sending = world.send(split.lines, labels);
    inFlight.add({ bytes: split.bytes, sending, passed: () => (isLate ? undefined : save(position)) });
  }

  function open(startAt: Parameters<typeof openFile>[2], from = path): boolean {
    try {
      file = openFile(from, world, startAt);
    } catch (error) {
      if (!isMissingTold)
        world.tell({ kind: "failed", path, reason: error instanceof Error ? error.message : String(error) });
      isMissingTold = true;
      return false;
    }
    isMissingTold = false;
    modifiedMs = 0;
    world.tell({ kind: "opened", path: from, offset: file.readOffset });
    // The position of a file that was just begun counts when all of the file before it is durable.
    const position = file.position();
    inFlight.add({ bytes: 0, sending: Promise.resolve(), passed: () => save(position) });
    return true;
  }

  /** The first look: where the last process stopped, perhaps in a file that was renamed meanwhile. */
  function start(): boolean {
    const saved = world.positions.get(path, labelText);
    if (saved === undefined) return open((fd, size) => (world.fromEnd ? lastLineEnd(fd, size, world.decoding) : 0));
    const [renamed] = rotatedSince(path, saved);
    if (renamed === undefined) return open((fd, size) => resumeAt(saved, fd, size));
    replacedMs = world.now();
    return open((fd, size) => resumeAt(saved, fd, size), renamed);
  }

  /** Gives up the file that the path no longer leads to, and goes on with its successor. */
  function succeed(old: OpenFile): boolean {
    give(old.finish(), old);
    late.push({ file: old, untilMs: world.now() + lateWriterMs });
    file = undefined;
    last = old.position();
    // Rotated more than once since it was looked at: those in between come first.
    const [, next] = rotatedSince(path, last);
    if (next !== undefined) return open(() => 0, next);
    replacedMs = undefined;
    return reopen(last);
  }

  /** The successor of a file: from its beginning, unless it begins as the file before did. */
  function reopen(before: Position): boolean {
    return open((fd, size) => (before.signature ? resumeAt(before, fd, size) : 0));
  }

  function truncated(old: OpenFile): boolean {
    world.tell({ kind: "truncated", path });
    old.close();
    file = undefined;
    return open(() => 0);
  }

  function closeLate(): void {
    for (const each of late) if (each.untilMs < world.now()) each.file.close();
    late = late.filter(({ untilMs }) => untilMs >= world.now());
  }

  function poll(): boolean {
    if (late.length > 0) closeLate();
    if (file === undefined) return last === undefined ? start() : reopen(last);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || fileId(stats) !== file.id) {
      if (replacedMs === undefined) world.tell({ kind: stats ? "rotated" : "vanished", path });
      replacedMs ??= world.now();
      return true;
    }
    replacedMs = undefined;
    const isModified = stats.mtimeMs !== modifiedMs;
    modifiedMs = stats.mtimeMs;
    if (stats.size < file.readOffset || (isModified && !file.isSame())) return truncated(file);
    return stats.size > file.readOffset || late.length > 0;
  }

  /** Whether the successor of the file that was replaced may be read now. */
  function isTimeToSucceed(): boolean {
    if (replacedMs === undefined) return false;
    const stats = statSync(path, { throwIfNoEntry: false });
    const isWritten = stats !== undefined && stats.size > 0;
    return isWritten || world.now() - replacedMs >= lateWriterMs;
  }

  return {
    target,
    poll,
    get bytesInFlight() {
      return inFlight.bytes;
    },
    get readOffset() {
      return file?.readOffset ?? 0;
    },
    get isOpen() {
      return file !== undefined;
    },
    async read(into) {
      for (const each of late) give(await each.file.read(into), each.file, true);
      const current = file;
      if (current === undefined) return false;
      const split = await current.read(into);
      give(split, current);
      if (!split.isAtEnd) return true;
      return isTimeToSucceed() && succeed(current);
    },
    async close({ forget, signal }) {
      const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      if (forget && file) give(file.finish(), file);
      if (!signal.aborted) await Promise.race([inFlight.idle(), aborted]);
      for (const each of [...late.map((one) => one.file), file]) each?.close();
      late = [];
      file = undefined;
      if (forget) world.positions.delete(path, labelText);
    },
  };
}
