import { createReadStream, statSync } from "node:fs";
import { createGunzip, createInflate } from "node:zlib";
import { formatLabels, withLabel } from "../../loki/labels.ts";
import type { FileTail, TailTarget, TailWorld } from "./file-tail.ts";
import { createInFlight } from "./in-flight.ts";
import { createLineSplitter, type SplitLines } from "./line-splitter.ts";
import { fileId } from "./open-file.ts";

/** How a file is compressed. */
export type Compression = "gz" | "z";

/** Reads a compressed file once, to its end, and again when another one takes its place. Positions count decompressed bytes. */
export function createCompressedTail(
  target: TailTarget,
  world: TailWorld & { readonly compression: Compression },
): FileTail {
  const { path } = target;
  const labelText = target.labels.length === 0 ? "" : formatLabels(target.labels);
  const labels = withLabel(target.labels, "filename", path);
  const inFlight = createInFlight(world.roomMade);
  let reading: { readonly id: string; readonly blocks: AsyncIterator<Buffer> } | undefined;
  let splitter = createLineSplitter(world.decoding, world.maxLineBytes);
  let toSkip = 0;
  let offset = 0;
  let finished = "";
  let isFailureTold = false;

  function fail(error: unknown): void {
    if (!isFailureTold)
      world.tell({ kind: "failed", path, reason: error instanceof Error ? error.message : String(error) });
    isFailureTold = true;
  }

  function give(split: SplitLines, file: string): void {
    offset += split.bytes;
    if (split.cut > 0) world.tell({ kind: "lines-cut", path, count: split.cut });
    if (split.lines.length === 0) return;
    world.tell({ kind: "read", path, bytes: split.bytes, lines: split.lines.length });
    const position = { offset, file };
    const sending = world.send(split.lines, labels);
    inFlight.add({ bytes: split.bytes, sending, passed: () => world.positions.set(path, labelText, position) });
  }

  function open(id: string): void {
    const saved = world.positions.get(path, labelText);
    offset = saved !== undefined && (saved.file === undefined || saved.file === id) ? saved.offset : 0;
    toSkip = offset;
    splitter = createLineSplitter(world.decoding, world.maxLineBytes);
    const decoder = world.compression === "gz" ? createGunzip() : createInflate();
    const source = createReadStream(path);
    source.on("error", (error) => decoder.destroy(error));
    reading = { id, blocks: source.pipe(decoder)[Symbol.asyncIterator]() };
    world.tell({ kind: "opened", path, offset });
  }

  function block(bytes: Buffer, id: string): void {
    const skipped = Math.min(toSkip, bytes.length);
    toSkip -= skipped;
    if (skipped < bytes.length) give(splitter.feed(bytes.subarray(skipped)), id);
  }

  return {
    target,
    poll() {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) {
        fail(new Error(`${path} does not exist`));
        return false;
      }
      const id = fileId(stats);
      if (reading === undefined && id !== finished) open(id);
      return reading !== undefined;
    },
    async read() {
      if (reading === undefined) return false;
      const { id, blocks } = reading;
      try {
        const next = await blocks.next();
        if (!next.done) {
          block(next.value, id);
          return true;
        }
        give(splitter.finish(), id);
      } catch (error) {
        fail(error);
      }
      finished = id;
      reading = undefined;
      return false;
    },
    get bytesInFlight() {
      return inFlight.bytes;
    },
    get readOffset() {
      return offset;
    },
    get isOpen() {
      return reading !== undefined;
    },
    async close({ forget, signal }) {
      const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      if (!signal.aborted) await Promise.race([inFlight.idle(), aborted]);
      await reading?.blocks.return?.();
      reading = undefined;
      if (forget) world.positions.delete(path, labelText);
    },
  };
}
