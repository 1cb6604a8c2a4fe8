import { statSync } from "node:fs";
import { errorText } from "../../error-text.ts";
import type { LabelSet } from "../../loki/entry.ts";
import { formatLabels, withLabel } from "../../loki/labels.ts";
import { createInFlight, type InFlight } from "./in-flight.ts";
import { createLateFiles, lateWriterMs } from "./late-files.ts";
import type { SplitLines } from "./line-splitter.ts";
import {
  fileAt,
  fileId,
  isContinued,
  lastLineEnd,
  type OpenFile,
  openFile,
  resumeAt,
  type StartAt,
} from "./open-file.ts";
import type { Position } from "./positions.ts";
import type { ReadFile } from "./readers.ts";
import { copyOf, rotatedSince } from "./sibling.ts";
import type { CloseOptions, FileTail, TailTarget, TailWorld } from "./tail.ts";

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
  /** Says that the file is no longer read. */
  private leave: () => void = () => {};
  private readMs: number | undefined;
  /** Whether it is a copy of the file at the path from before that was truncated. */
  private isCopy = false;
  private readonly late = createLateFiles();
  /** Since when the path leads to another file, or to none. */
  private replacedMs: number | undefined;
  /** Of the file before; undefined until one was opened. */
  private last: Position | undefined;
  private modifiedMs = 0;
  private size = 0;
  /** Lines that were given on and not told of. */
  private untold = 0;
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

  isAtPath(): boolean {
    return this.file !== undefined && fileAt(this.path) === this.file.id;
  }

  async read(into: Buffer, isLeaving: boolean): Promise<boolean> {
    for (const each of this.late.files) await each.read(into, (split) => this.give(split, each, true));
    const current = this.file;
    if (current === undefined) return false;
    const isAtEnd = await current.read(into, (split) => this.give(split, current));
    this.tellRead(current);
    if (!isAtEnd) return true;
    return !isLeaving && this.isTimeToSucceed() && this.succeed(current);
  }

  async close({ forget, signal }: CloseOptions): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    if (forget && this.file) this.finish(this.file);
    if (!signal.aborted) await Promise.race([this.inFlight.idle(), aborted]);
    if (forget) this.forget();
    this.world.tell({ kind: "left", path: this.path });
    this.late.close();
    this.file?.close();
    this.leave();
    this.file = undefined;
  }

  /** The position goes; that of a file that was renamed stays with the file. */
  private forget(): void {
    const { positions } = this.world;
    const { file } = this;
    positions.delete(this.path, this.labelText);
    if (file === undefined || this.isAtPath() || this.inFlight.batches > 0) return;
    positions.setOfFile(this.labelText, this.positionIn(file));
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
    this.untold += split.lines.length;
    this.readMs = this.world.now();
    const position = this.positionIn(from);
    const sending = this.world.send(split.lines, this.labels);
    const { positions } = this.world;
    const passed = () => (isLate ? positions.setOfFile(this.labelText, position) : this.save(position));
    this.inFlight.add({ bytes: split.bytes, sending, passed });
  }

  /** Tells of all lines since it did so last. */
  private tellRead({ readOffset: offset }: OpenFile): void {
    if (this.untold === 0) return;
    this.world.tell({ kind: "read", path: this.path, lines: this.untold, offset, size: Math.max(this.size, offset) });
    this.untold = 0;
  }

  private finish(file: OpenFile): void {
    this.give(file.finish(), file);
    this.tellRead(file);
  }

  private positionIn(file: OpenFile): Position {
    return { ...file.position(), ...(this.readMs !== undefined && { readMs: this.readMs }) };
  }

  private open(startAt: StartAt, from = this.path): boolean {
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
    this.leave = this.world.readers.add(this.readerOf(this.file.id));
    this.isMissingTold = false;
    this.modifiedMs = 0;
    this.size = 0;
    this.world.tell({ kind: "opened", path: from, offset: this.file.readOffset });
    // The position of a file that was just begun counts when all of the file before it is durable.
    const position = this.positionIn(this.file);
    this.whenDurable(() => this.save(position));
    return true;
  }

  /** Runs when everything that was given on so far is durable. */
  private whenDurable(passed: () => void): void {
    this.inFlight.add({ bytes: 0, sending: Promise.resolve(), passed });
  }

  /** The first look: where the last process stopped, perhaps in a file that was renamed or copied meanwhile. */
  private start(): boolean {
    const saved = this.world.positions.get(this.path, this.labelText);
    if (saved === undefined) {
      return this.openPath((fd, size) => (this.world.fromEnd ? lastLineEnd(fd, size, this.world.decoding) : 0));
    }
    this.readMs = saved.readMs;
    const [renamed] = rotatedSince(this.path, saved).filter((each) => !this.isReadElsewhere(each));
    const copy = renamed ?? this.copyBefore(saved);
    if (copy === undefined) return this.openPath((fd, size) => resumeAt(saved, fd, size));
    return this.openOld(saved, copy, renamed === undefined);
  }

  /** A file that goes before the one at the path: renamed, or copied from it. */
  private openOld(before: Position, from: string, isCopy: boolean): boolean {
    this.replacedMs = this.world.now();
    this.isCopy = isCopy;
    return this.open((fd, size) => resumeAt(before, fd, size), from);
  }

  /** The copy that rotation made of the file at the path, if that was truncated. */
  private copyBefore(position: Position): string | undefined {
    const isTruncated = fileAt(this.path) === position.file && !isContinued(this.path, position);
    return isTruncated ? copyOf(this.path, position) : undefined;
  }

  /** Opens the file at the path: where it was read up to under another name, otherwise as `startAt` says. */
  private openPath(startAt: StartAt): boolean {
    const { positions, readers } = this.world;
    const id = fileAt(this.path);
    // It was renamed to this path while it was read: its reader finishes it.
    if (id !== undefined && readers.isReadUnderOldName(this.readerOf(id))) return false;
    return this.open((fd, size, opened) => {
      const known = positions.ofFile(this.labelText, opened);
      return known?.signature === undefined ? startAt(fd, size, opened) : resumeAt(known, fd, size);
    });
  }

  /** Gives up the file that the path no longer leads to, and goes on with its successor. */
  private succeed(old: OpenFile): boolean {
    this.finish(old);
    this.late.add(old, this.world.now(), this.leave);
    this.file = undefined;
    const last = this.positionIn(old);
    this.last = last;
    this.whenDurable(() => this.world.positions.setOfFile(this.labelText, last));
    // Rotated more than once since it was looked at: those in between come first.
    const [, ...later] = rotatedSince(this.path, this.last);
    const next = later.find((each) => !this.isReadElsewhere(each) && !this.isKnown(each));
    if (next !== undefined) return this.open(() => 0, next);
    this.replacedMs = undefined;
    if (!this.isCopy) return this.reopen(this.last);
    this.isCopy = false;
    return this.open(() => 0);
  }

  private isReadElsewhere(path: string): boolean {
    return this.world.readers.isReadElsewhere(this.readerOf(fileAt(path) ?? ""));
  }

  private readerOf(id: string): ReadFile {
    return { labels: this.labelText, id, path: this.path, reader: this };
  }

  private isKnown(path: string): boolean {
    return this.world.positions.ofFile(this.labelText, fileAt(path) ?? "") !== undefined;
  }

  /** The successor of a file: from its beginning, unless it begins as the file before did. */
  private reopen(before: Position): boolean {
    return this.openPath((fd, size) => (before.signature ? resumeAt(before, fd, size) : 0));
  }

  private truncated(old: OpenFile): boolean {
    this.world.tell({ kind: "truncated", path: this.path });
    const position = this.positionIn(old);
    this.leave();
    old.close();
    this.file = undefined;
    const copy = copyOf(this.path, position);
    return copy === undefined ? this.open(() => 0) : this.openOld(position, copy, true);
  }

  poll(): boolean {
    if (!this.late.isEmpty) this.late.closeOld(this.world.now());
    if (this.file === undefined) return this.last === undefined ? this.start() : this.reopen(this.last);
    const stats = statSync(this.path, { throwIfNoEntry: false });
    if (stats === undefined || fileId(stats) !== this.file.id) {
      if (this.replacedMs === undefined) this.world.tell({ kind: stats ? "rotated" : "vanished", path: this.path });
      this.replacedMs ??= this.world.now();
      return true;
    }
    this.replacedMs = undefined;
    this.size = stats.size;
    const isModified = stats.mtimeMs !== this.modifiedMs;
    this.modifiedMs = stats.mtimeMs;
    if (stats.size < this.file.readOffset || (isModified && !this.file.isSame())) return this.truncated(this.file);
    return stats.size > this.file.readOffset || !this.late.isEmpty;
  }

  /** Whether the successor of the file that was replaced may be read now. */
  private isTimeToSucceed(): boolean {
    if (this.replacedMs === undefined) return false;
    const stats = statSync(this.path, { throwIfNoEntry: false });
    const isWritten = stats !== undefined && stats.size > 0;
    return isWritten || this.world.now() - this.replacedMs >= lateWriterMs;
  }
}
