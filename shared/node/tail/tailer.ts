import { errorText } from "../../error-text.ts";
import type { Entry, EntryReceiver, LabelSet } from "../../loki/entry.ts";
import { formatLabels } from "../../loki/labels.ts";
import { type Compression, createCompressedTail } from "./compressed-tail.ts";
import { createFileTail } from "./file-tail.ts";
import type { Positions } from "./positions.ts";
import { createReaders } from "./readers.ts";
import type { FileTail, TailTarget, TailWorld } from "./tail.ts";
import type { TailEvent } from "./tail-event.ts";
import type { TextDecoding } from "./text-decoding.ts";
import { createFileWatch } from "./watch-files.ts";

/** How files are followed. */
export interface TailerOptions {
  readonly positions: Positions;
  readonly receiver: EntryReceiver;
  readonly decoding: TextDecoding;
  readonly compression?: Compression;
  /** How long a compressed file that was found is left alone. */
  readonly compressedDelayMs?: number;
  /** Begin behind the last line of a file without a position. */
  readonly fromEnd?: boolean;
  /** How often a file that is written to is looked at; one that rests, among many, is looked at ever less often, up to the maximum. */
  readonly minPollMs?: number;
  readonly maxPollMs?: number;
  readonly maxLineBytes?: number;
  /** Bytes that are given on and not yet durable, of one file and of all: several batches of loki.write, or each waits for its time. */
  readonly maxFileBytesInFlight?: number;
  readonly maxBytesInFlight?: number;
  readonly now: () => number;
  readonly tell: (event: TailEvent) => void;
}

/** A file as a page shows it. */
export interface TailStatus {
  readonly path: string;
  readonly labels: string;
  readonly is_running: boolean;
  readonly read_offset: number;
}

/** Follows many files. */
export interface Tailer {
  /** Follows these from now on, and no others; what stays keeps its place. */
  setTargets(targets: readonly TailTarget[]): void;
  setReceiver(receiver: EntryReceiver): void;
  /** Works until `abort`; then waits for what is in flight, at most `drainMs`. */
  run(abort: AbortSignal): Promise<void>;
  status(): readonly TailStatus[];
}

const blockBytes = 65_536;
const drainMs = 5_000;
/** 500 looks a second at files that rest. */
const restMsPerFile = 2;
/** Files that the kernel says have changed are looked at together, the less often the more of them there are. */
const minHintMs = 10;
const hintMsPerFile = 2;
/** Positions are saved this often where they change, less often where that takes long. */
const minSaveMs = 200;
const saveShare = 20;

interface Followed {
  readonly tail: FileTail;
  /** Of a file that rests it grows. */
  pollMs: number;
  nextPollMs: number;
  isReadable: boolean;
  isUnwanted: boolean;
  /** No target any more: read to its end, then forgotten. */
  isLeaving: boolean;
}

/** A tailer without targets. */
export function createTailer(options: TailerOptions): Tailer {
  const {
    minPollMs = 250,
    maxPollMs = 2_000,
    maxFileBytesInFlight = 4_194_304,
    maxBytesInFlight = 33_554_432,
  } = options;
  const followed = new Map<string, Followed>();
  const byPath = new Map<string, Followed[]>();
  /** Those that the kernel says have changed. */
  const hinted = new Set<Followed>();
  const watch = createFileWatch({ changed: hint, now: () => performance.now() });
  const block = Buffer.allocUnsafeSlow(blockBytes);
  let { receiver } = options;
  let wake: () => void = () => {};
  let lastTime = 0n;
  const closing = new Set<Promise<void>>();
  let stopping = new AbortController();

  /** Nanoseconds that grow from line to line: two equal lines of one time would be one to Loki. */
  function entries(lines: readonly string[], labels: LabelSet): Entry[] {
    const now = BigInt(options.now()) * 1_000_000n;
    let time = now > lastTime ? now : lastTime + 1n;
    const made = lines.map((line): Entry => ({ labels, timeUnixNano: time++, line, metadata: [] }));
    lastTime = time;
    return made;
  }

  const world: TailWorld = {
    positions: options.positions,
    readers: createReaders(),
    decoding: options.decoding,
    maxLineBytes: options.maxLineBytes ?? 262_144,
    fromEnd: options.fromEnd ?? false,
    send: (lines, labels) => receiver.consume(entries(lines, labels)),
    tell: options.tell,
    now: options.now,
    roomMade: () => wake(),
  };

  function follow(target: TailTarget): Followed {
    const { compression, compressedDelayMs = 0 } = options;
    const tail = compression
      ? createCompressedTail(target, { ...world, compression, compressedDelayMs })
      : createFileTail(target, world);
    return { tail, pollMs: minPollMs, nextPollMs: 0, isReadable: false, isUnwanted: false, isLeaving: false };
  }

  function setTargets(targets: readonly TailTarget[]): void {
    const wanted = new Map(targets.map((target) => [`${target.path}\0${formatLabels(target.labels)}`, target]));
    for (const [key, each] of followed) {
      const isUnwanted = !wanted.has(key);
      // A glob finds nothing while rotation has renamed a file and its writer has not begun the next one: that has time until the next call.
      each.isLeaving = isUnwanted && (each.isUnwanted || each.tail.isAtPath());
      each.isUnwanted = isUnwanted;
    }
    for (const [key, target] of wanted) if (!followed.has(key)) followed.set(key, follow(target));
    byPath.clear();
    for (const each of followed.values()) {
      const { path } = each.tail.target;
      byPath.set(path, [...(byPath.get(path) ?? []), each]);
    }
    watch.setPaths(byPath.keys());
    wake();
  }

  function hint(path: string): void {
    const isFirst = hinted.size === 0;
    for (const each of byPath.get(path) ?? []) hinted.add(each);
    if (isFirst) wake();
  }

  function look(each: Followed, nowMs: number): void {
    // Few files are looked at often; of many, those that rest share what looking may cost.
    const restMs = Math.max(minPollMs, Math.min(maxPollMs, followed.size * restMsPerFile));
    if (each.tail.poll() || each.isLeaving) {
      each.isReadable = true;
      each.pollMs = minPollMs;
    } else each.pollMs = Math.min(restMs, each.pollMs * 1.25);
    each.nextPollMs = nowMs + each.pollMs;
  }

  function poll(nowMs: number): void {
    for (const each of followed.values()) if (each.nextPollMs <= nowMs) look(each, nowMs);
    watch.tend(nowMs);
  }

  function lookAtHinted(nowMs: number): void {
    for (const each of hinted) look(each, nowMs);
    hinted.clear();
  }

  function isAnyReadable(): boolean {
    for (const { isReadable } of followed.values()) if (isReadable) return true;
    return false;
  }

  function bytesInFlight(): number {
    let sum = 0;
    for (const { tail } of followed.values()) sum += tail.bytesInFlight;
    return sum;
  }

  /** One block of every file that has something and room for it; false when none has. */
  async function readRound(abort: AbortSignal): Promise<boolean> {
    let hasRead = false;
    if (!isAnyReadable()) return false;
    let inFlight = bytesInFlight();
    for (const [key, each] of followed) {
      if (abort.aborted || inFlight >= maxBytesInFlight) break;
      if (!each.isReadable || each.tail.bytesInFlight >= maxFileBytesInFlight) continue;
      const before = each.tail.bytesInFlight;
      try {
        each.isReadable = await each.tail.read(block, each.isLeaving);
      } catch (error) {
        each.isReadable = false;
        options.tell({ kind: "failed", path: each.tail.target.path, reason: String(error) });
      }
      if (each.isLeaving && !each.isReadable) leave(key, each.tail);
      inFlight += each.tail.bytesInFlight - before;
      hasRead = true;
    }
    return hasRead;
  }

  function leave(key: string, tail: FileTail): void {
    followed.delete(key);
    const { path } = tail.target;
    byPath.set(
      path,
      (byPath.get(path) ?? []).filter((each) => each.tail !== tail),
    );
    const done = tail.close({ forget: true, signal: stopping.signal });
    closing.add(done);
    void done.then(() => closing.delete(done));
  }

  function pause(ms: number, abort: AbortSignal, onStart?: (end: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        abort.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      abort.addEventListener("abort", done, { once: true });
      onStart?.(done);
    });
  }

  /** The time between looks; ends early when there is room again. */
  async function rest(ms: number, abort: AbortSignal): Promise<void> {
    await pause(ms, abort, (end) => {
      wake = end;
    });
    wake = () => {};
  }

  async function save(): Promise<void> {
    try {
      await options.positions.save();
    } catch (error) {
      options.tell({ kind: "positions-failed", reason: errorText(error) });
    }
  }

  async function keepSaving(abort: AbortSignal): Promise<void> {
    while (!abort.aborted) {
      const start = performance.now();
      await save();
      await pause(Math.max(minSaveMs, saveShare * (performance.now() - start)), abort);
    }
  }

  return {
    setTargets,
    setReceiver(next) {
      receiver = next;
    },
    async run(abort) {
      stopping = new AbortController();
      const saving = keepSaving(abort);
      let nextPollMs = 0;
      let nextHintMs = 0;
      while (!abort.aborted) {
        const nowMs = performance.now();
        if (nowMs >= nextPollMs) {
          poll(nowMs);
          nextPollMs = nowMs + minPollMs;
        }
        if (hinted.size > 0 && nowMs >= nextHintMs) {
          nextHintMs = nowMs + Math.min(minPollMs, minHintMs + hintMsPerFile * hinted.size);
          lookAtHinted(nowMs);
        }
        if (await readRound(abort)) continue;
        const nextMs = hinted.size > 0 ? Math.min(nextHintMs, nextPollMs) : nextPollMs;
        await rest(Math.max(1, nextMs - performance.now()), abort);
      }
      watch.close();
      await saving;
      const timer = setTimeout(() => stopping.abort(), drainMs);
      const { signal } = stopping;
      await Promise.all([
        ...closing,
        ...[...followed.values()].map(({ tail }) => tail.close({ forget: false, signal })),
      ]);
      clearTimeout(timer);
      followed.clear();
      await save();
    },
    status: () =>
      [...followed.values()].map(({ tail }) => ({
        path: tail.target.path,
        labels: formatLabels(tail.target.labels),
        is_running: tail.isOpen,
        read_offset: tail.readOffset,
      })),
  };
}
