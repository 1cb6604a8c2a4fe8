import { createReadStream, statSync } from "node:fs";
import { createGunzip, createInflate } from "node:zlib";
import { bunzip2 } from "../../compression/bunzip2.ts";
import { errorText } from "../../error-text.ts";
import type { LabelSet } from "../../loki/entry.ts";
import { formatLabels, withLabel } from "../../loki/labels.ts";
import { createInFlight, type InFlight } from "./in-flight.ts";
import { createLineSplitter, type LineSplitter, type SplitLines } from "./line-splitter.ts";
import { fileId } from "./open-file.ts";
import type { CloseOptions, FileTail, TailTarget, TailWorld } from "./tail.ts";

/** How a file is compressed. */
export type Compression = "gz" | "z" | "bz2";

/** How compressed files are read. */
export interface CompressedTailWorld extends TailWorld {
  readonly compression: Compression;
  /** How long a file that was found is left alone, until whoever compresses it has done. */
  readonly compressedDelayMs: number;
}

/** Reads a compressed file once, to its end, and again when another one takes its place. Positions count decompressed bytes. */
export function createCompressedTail(target: TailTarget, world: CompressedTailWorld): FileTail {
  return new CompressedFile(target, world);
}

class CompressedFile implements FileTail {
  readonly target: TailTarget;
  private readonly world: CompressedTailWorld;
  private readonly path: string;
  private readonly labelText: string;
  private readonly labels: LabelSet;
  private readonly inFlight: InFlight;
  private reading: { readonly id: string; readonly blocks: AsyncIterator<Buffer> } | undefined;
  private splitter: LineSplitter;
  private toSkip = 0;
  private offset = 0;
  private finished = "";
  /** The newest file at the path, and when it was first seen. */
  private found = { id: "", ms: 0 };
  private isFailureTold = false;

  constructor(target: TailTarget, world: CompressedTailWorld) {
    this.world = world;
    this.target = target;
    this.path = target.path;
    this.labelText = target.labels.length === 0 ? "" : formatLabels(target.labels);
    this.labels = withLabel(target.labels, "filename", this.path);
    this.inFlight = createInFlight(world.roomMade);
    this.splitter = createLineSplitter(world.decoding, world.maxLineBytes);
  }

  poll(): boolean {
    const stats = statSync(this.path, { throwIfNoEntry: false });
    if (stats === undefined) {
      this.fail(new Error(`${this.path} does not exist`));
      return false;
    }
    const id = fileId(stats);
    if (id !== this.found.id) this.found = { id, ms: this.world.now() };
    const isRipe = this.world.now() - this.found.ms >= this.world.compressedDelayMs;
    if (this.reading === undefined && id !== this.finished && isRipe) this.open(id);
    return this.reading !== undefined;
  }

  async read(): Promise<boolean> {
    if (this.reading === undefined) return false;
    const { id, blocks } = this.reading;
    try {
      const next = await blocks.next();
      if (!next.done) {
        this.block(next.value, id);
        return true;
      }
      this.give(this.splitter.finish(), id);
    } catch (error) {
      this.fail(error);
    }
    this.finished = id;
    this.reading = undefined;
    return false;
  }

  get bytesInFlight(): number {
    return this.inFlight.bytes;
  }

  get readOffset(): number {
    return this.offset;
  }

  isAtPath(): boolean {
    return true;
  }

  get isOpen(): boolean {
    return this.reading !== undefined;
  }

  async close({ forget, signal }: CloseOptions): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    if (!signal.aborted) await Promise.race([this.inFlight.idle(), aborted]);
    await this.reading?.blocks.return?.();
    this.reading = undefined;
    if (forget) this.world.positions.delete(this.path, this.labelText);
    this.world.tell({ kind: "left", path: this.path });
  }

  private fail(error: unknown): void {
    if (!this.isFailureTold)
      this.world.tell({
        kind: "failed",
        path: this.path,
        reason: errorText(error),
      });
    this.isFailureTold = true;
  }

  private give(split: SplitLines, file: string): void {
    this.offset += split.bytes;
    if (split.cut > 0) this.world.tell({ kind: "lines-cut", path: this.path, count: split.cut });
    if (split.lines.length === 0) return;
    this.world.tell({
      kind: "read",
      path: this.path,
      lines: split.lines.length,
      offset: this.offset,
      size: this.offset,
    });
    const position = { offset: this.offset, file };
    const sending = this.world.send(split.lines, this.labels);
    this.inFlight.add({
      bytes: split.bytes,
      sending,
      passed: () => this.world.positions.set(this.path, this.labelText, position),
    });
  }

  private open(id: string): void {
    const saved = this.world.positions.get(this.path, this.labelText);
    this.offset = saved !== undefined && (saved.file === undefined || saved.file === id) ? saved.offset : 0;
    this.toSkip = this.offset;
    this.splitter = createLineSplitter(this.world.decoding, this.world.maxLineBytes);
    this.reading = { id, blocks: blocksOf(this.path, this.world.compression) };
    this.world.tell({ kind: "opened", path: this.path, offset: this.offset });
  }

  private block(bytes: Buffer, id: string): void {
    const skipped = Math.min(this.toSkip, bytes.length);
    this.toSkip -= skipped;
    if (skipped < bytes.length) this.give(this.splitter.feed(bytes.subarray(skipped)), id);
  }
}

/** What a file decompresses to, in blocks. */
function blocksOf(path: string, compression: Compression): AsyncIterator<Buffer> {
  const source = createReadStream(path);
  if (compression === "bz2") return bunzip2(source);
  const decoder = compression === "gz" ? createGunzip() : createInflate();
  source.on("error", (error) => decoder.destroy(error));
  return source.pipe(decoder)[Symbol.asyncIterator]();
}
