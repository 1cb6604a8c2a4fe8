import { statSync } from "node:fs";
import { errorText } from "../../error-text.ts";
import type { LabelSet } from "../../loki/entry.ts";
import { formatLabels, withLabel } from "../../loki/labels.ts";
import { createInFlight, type InFlight } from "./in-flight.ts";
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
  close(options: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  readonly forget: boolean;
  readonly signal: AbortSignal;
}

/** How long a replaced file is read on while its successor is empty, and behind the switch to it: writers change over late. */
const lateWriterMs = 5_000;

interface Late {
  readonly file: OpenFile;
  readonly untilMs: number;
}

/** A tail of `target`, at its saved position. */
export function createFileTail(target: TailTarget, world: TailWorld): FileTail {
  return new FollowedFile(target, world);
}

class FollowedFile implements FileTail {
  readonly target: TailTarget;
  private readonly world: TailWorld;
  private readonly path: string;
  private readonly labelText: string;
  private readonly labels: LabelSet;
  private readonly inFlight: InFlight;
  private file: OpenFile | undefined;
  private late: Late[] = [];
  /** Since when the path leads to another file, or to none. */
  private replacedMs: number | undefined;
  /** Of the file before; undefined until one was opened. */
  private last: Position | undefined;
  private modifiedMs = 0;
  private isMissingTold = false;
  private isInvalidTold = false;

  constructor(target: TailTarget, world: TailWorld) {
    this.world = world;
    this.target = target;
    this.path = target.path;
    this.labelText = target.labels.length === 0 ? "" : formatLabels(target.labels);
    this.labels = withLabel(target.labels, "filename", this.path);
    this.inFlight = createInFlight(world.roomMade);
  }

  get bytesInFlight(): number {
    return this.inFlight.bytes;
  }

  get readOffset(): number {
    return this.file?.readOffset ?? 0;
  }

  get isOpen(): boolean {
    return this.file !== undefined;
  }

  async read(into: Buffer): Promise<boolean> {
    for (const each of this.late) this.give(await each.file.read(into), each.file, true);
    const current = this.file;
    if (current === undefined) return false;
    const split = await current.read(into);
    this.give(split, current);
    if (!split.isAtEnd) return true;
    return this.isTimeToSucceed() && this.succeed(current);
  }

  async close({ forget, signal }: CloseOptions): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    if (forget && this.file) this.give(this.file.finish(), this.file);
    if (!signal.aborted) await Promise.race([this.inFlight.idle(), aborted]);
    for (const each of [...this.late.map((one) => one.file), this.file]) each?.close();
    this.late = [];
    this.file = undefined;
    if (forget) this.world.positions.delete(this.path, this.labelText);
  }

  private save(position: Position): void {
    this.world.positions.set(this.path, this.labelText, position);
  }

  private give(split: SplitLines, from: OpenFile, isLate = false): void {
    if (split.cut > 0) this.world.tell({ kind: "lines-cut", path: this.path, count: split.cut });
    if (split.isInvalid && !this.isInvalidTold) {
      this.isInvalidTold = true;
      this.world.tell({ kind: "invalid-text", path: this.path });
    }
    if (split.lines.length === 0) return;
    this.world.tell({ kind: "read", path: this.path, bytes: split.bytes, lines: split.lines.length });
    const position = from.position();
    const sending = this.world.send(split.lines, this.labels);
    this.inFlight.add({ bytes: split.bytes, sending, passed: () => (isLate ? undefined : this.save(position)) });
  }

  private open(startAt: Parameters<typeof openFile>[2], from = this.path): boolean {
    try {
      this.file = openFile(from, this.world, startAt);
    } catch (error) {
      if (!this.isMissingTold)
        this.world.tell({
          kind: "failed",
          path: this.path,
          reason: errorText(error),
        });
      this.isMissingTold = true;
      return false;
    }
    this.isMissingTold = false;
    this.modifiedMs = 0;
    this.world.tell({ kind: "opened", path: from, offset: this.file.readOffset });
    // The position of a file that was just begun counts when all of the file before it is durable.
    const position = this.file.position();
    this.inFlight.add({ bytes: 0, sending: Promise.resolve(), passed: () => this.save(position) });
    return true;
  }

  /** The first look: where the last process stopped, perhaps in a file that was renamed meanwhile. */
  private start(): boolean {
    const saved = this.world.positions.get(this.path, this.labelText);
    if (saved === undefined)
      return this.open((fd, size) => (this.world.fromEnd ? lastLineEnd(fd, size, this.world.decoding) : 0));
    const [renamed] = rotatedSince(this.path, saved);
    if (renamed === undefined) return this.open((fd, size) => resumeAt(saved, fd, size));
    this.replacedMs = this.world.now();
    return this.open((fd, size) => resumeAt(saved, fd, size), renamed);
  }

  /** Gives up the file that the path no longer leads to, and goes on with its successor. */
  private succeed(old: OpenFile): boolean {
    this.give(old.finish(), old);
    this.late.push({ file: old, untilMs: this.world.now() + lateWriterMs });
    this.file = undefined;
    this.last = old.position();
    // Rotated more than once since it was looked at: those in between come first.
    const [, next] = rotatedSince(this.path, this.last);
    if (next !== undefined) return this.open(() => 0, next);
    this.replacedMs = undefined;
    return this.reopen(this.last);
  }

  /** The successor of a file: from its beginning, unless it begins as the file before did. */
  private reopen(before: Position): boolean {
    return this.open((fd, size) => (before.signature ? resumeAt(before, fd, size) : 0));
  }

  private truncated(old: OpenFile): boolean {
    this.world.tell({ kind: "truncated", path: this.path });
    old.close();
    this.file = undefined;
    return this.open(() => 0);
  }

  private closeLate(): void {
    for (const each of this.late) if (each.untilMs < this.world.now()) each.file.close();
    this.late = this.late.filter(({ untilMs }) => untilMs >= this.world.now());
  }

  poll(): boolean {
    if (this.late.length > 0) this.closeLate();
    if (this.file === undefined) return this.last === undefined ? this.start() : this.reopen(this.last);
    const stats = statSync(this.path, { throwIfNoEntry: false });
    if (stats === undefined || fileId(stats) !== this.file.id) {
      if (this.replacedMs === undefined) this.world.tell({ kind: stats ? "rotated" : "vanished", path: this.path });
      this.replacedMs ??= this.world.now();
      return true;
    }
    this.replacedMs = undefined;
    const isModified = stats.mtimeMs !== this.modifiedMs;
    this.modifiedMs = stats.mtimeMs;
    if (stats.size < this.file.readOffset || (isModified && !this.file.isSame())) return this.truncated(this.file);
    return stats.size > this.file.readOffset || this.late.length > 0;
  }

  /** Whether the successor of the file that was replaced may be read now. */
  private isTimeToSucceed(): boolean {
    if (this.replacedMs === undefined) return false;
    const stats = statSync(this.path, { throwIfNoEntry: false });
    const isWritten = stats !== undefined && stats.size > 0;
    return isWritten || this.world.now() - this.replacedMs >= lateWriterMs;
  }
}
