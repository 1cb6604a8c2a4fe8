import { errorText } from "../../error-text.ts";
import type { EntryReceiver } from "../../loki/entry-receiver.ts";
import { formatLabels } from "../../loki/labels.ts";
import { createCompressedTail } from "./compressed-tail.ts";
import { createFileTail } from "./file-tail.ts";
import { createReaders } from "./readers.ts";
import { createStamp } from "./stamp.ts";
import type { FileTail, TailTarget, TailWorld } from "./tail.ts";
import type { TailerOptions } from "./tailer-options.ts";
import { createFileWatch } from "./watch-files.ts";

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

/** A read costs a turn of the thread pool, whatever its size. */
const blockBytes = 262_144;
const drainMs = 5_000;
/** 500 looks a second at files that rest. */
const restMsPerFile = 2;
/** Files that the kernel says have changed are looked at together, the less often the more of them there are. */
const minHintMs = 10;
const hintMsPerFile = 2;
/** Positions are saved this often where they change, less often where that takes long. */
const minSaveMs = 200;
const saveShare = 20;
const maxSaveMs = 3_600_000;

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
  return new FileTailer(options);
}

class FileTailer implements Tailer {
  private readonly options: TailerOptions;
  private readonly minPollMs: number;
  private readonly maxPollMs: number;
  private readonly maxFileBytesInFlight: number;
  private readonly maxBytesInFlight: number;
  private readonly followed = new Map<string, Followed>();
  private readonly byPath = new Map<string, Followed[]>();
  /** Those that the kernel says have changed. */
  private readonly hinted = new Set<Followed>();
  private readonly watch: ReturnType<typeof createFileWatch>;
  private readonly block = Buffer.allocUnsafeSlow(blockBytes);
  private receiver: EntryReceiver;
  private wake: () => void = () => {};
  private readonly closing = new Set<Promise<void>>();
  private stopping = new AbortController();
  private readonly world: TailWorld;

  constructor(options: TailerOptions) {
    this.options = options;
    const {
      minPollMs = 250,
      maxPollMs = 2_000,
      maxFileBytesInFlight = 4_194_304,
      maxBytesInFlight = 33_554_432,
    } = options;
    this.minPollMs = minPollMs;
    this.maxPollMs = maxPollMs;
    this.maxFileBytesInFlight = maxFileBytesInFlight;
    this.maxBytesInFlight = maxBytesInFlight;
    const sendLines = createStamp();
    this.watch = createFileWatch({ changed: (path) => this.hint(path), now: () => performance.now() });
    this.receiver = options.receiver;
    this.world = {
      positions: options.positions,
      readers: createReaders(),
      decoding: options.decoding,
      maxLineBytes: options.maxLineBytes ?? 262_144,
      fromEnd: options.fromEnd ?? false,
      send: (lines, labels) => sendLines(lines, labels, { receiver: this.receiver, nowMs: options.now() }),
      tell: options.tell,
      now: options.now,
      roomMade: () => this.wake(),
    };
  }

  setReceiver(next: EntryReceiver): void {
    this.receiver = next;
  }

  async run(abort: AbortSignal): Promise<void> {
    this.stopping = new AbortController();
    const saving = this.keepSaving(abort);
    let nextPollMs = 0;
    let nextHintMs = 0;
    while (!abort.aborted) {
      const nowMs = performance.now();
      if (nowMs >= nextPollMs) {
        this.poll(nowMs);
        nextPollMs = nowMs + this.minPollMs;
      }
      if (this.hinted.size > 0 && nowMs >= nextHintMs) {
        nextHintMs = nowMs + Math.min(this.minPollMs, minHintMs + hintMsPerFile * this.hinted.size);
        this.lookAtHinted(nowMs);
      }
      if (await this.readRound(abort)) continue;
      const nextMs = this.hinted.size > 0 ? Math.min(nextHintMs, nextPollMs) : nextPollMs;
      await this.rest(Math.max(1, nextMs - performance.now()), abort);
    }
    this.watch.close();
    await saving;
    const timer = setTimeout(() => this.stopping.abort(), drainMs);
    const { signal } = this.stopping;
    await Promise.all([
      ...this.closing,
      ...[...this.followed.values()].map(({ tail }) => tail.close({ forget: false, signal })),
    ]);
    clearTimeout(timer);
    this.followed.clear();
    await this.save();
  }

  status(): readonly TailStatus[] {
    return [...this.followed.values()].map(({ tail }) => ({
      path: tail.target.path,
      labels: formatLabels(tail.target.labels),
      is_running: tail.isOpen,
      read_offset: tail.readOffset,
    }));
  }

  private follow(target: TailTarget): Followed {
    const { compression, compressedDelayMs = 0 } = this.options;
    const tail = compression
      ? createCompressedTail(target, { ...this.world, compression, compressedDelayMs })
      : createFileTail(target, this.world);
    return { tail, pollMs: this.minPollMs, nextPollMs: 0, isReadable: false, isUnwanted: false, isLeaving: false };
  }

  setTargets(targets: readonly TailTarget[]): void {
    const wanted = new Map(targets.map((target) => [`${target.path}\0${formatLabels(target.labels)}`, target]));
    for (const [key, each] of this.followed) {
      const isUnwanted = !wanted.has(key);
      // A glob finds nothing while rotation has renamed a file and its writer has not begun the next one: that has time until the next call.
      each.isLeaving = isUnwanted && (each.isUnwanted || each.tail.isAtPath());
      each.isUnwanted = isUnwanted;
    }
    for (const [key, target] of wanted) if (!this.followed.has(key)) this.followed.set(key, this.follow(target));
    this.byPath.clear();
    for (const each of this.followed.values()) {
      const { path } = each.tail.target;
      this.byPath.set(path, [...(this.byPath.get(path) ?? []), each]);
    }
    this.watch.setPaths(this.byPath.keys());
    this.wake();
  }

  private hint(path: string): void {
    const isFirst = this.hinted.size === 0;
    for (const each of this.byPath.get(path) ?? []) this.hinted.add(each);
    if (isFirst) this.wake();
  }

  private look(each: Followed, nowMs: number): void {
    // Few files are looked at often; of many, those that rest share what looking may cost.
    const restMs = Math.max(this.minPollMs, Math.min(this.maxPollMs, this.followed.size * restMsPerFile));
    if (each.tail.poll() || each.isLeaving) {
      each.isReadable = true;
      each.pollMs = this.minPollMs;
    } else each.pollMs = Math.min(restMs, each.pollMs * 1.25);
    each.nextPollMs = nowMs + each.pollMs;
  }

  private poll(nowMs: number): void {
    for (const each of this.followed.values()) if (each.nextPollMs <= nowMs) this.look(each, nowMs);
    this.watch.tend(nowMs);
  }

  private lookAtHinted(nowMs: number): void {
    for (const each of this.hinted) this.look(each, nowMs);
    this.hinted.clear();
  }

  private isAnyReadable(): boolean {
    for (const { isReadable } of this.followed.values()) if (isReadable) return true;
    return false;
  }

  private bytesInFlight(): number {
    let sum = 0;
    for (const { tail } of this.followed.values()) sum += tail.bytesInFlight;
    return sum;
  }

  /** One block of every file that has something and room for it; false when none has. */
  private async readRound(abort: AbortSignal): Promise<boolean> {
    let hasRead = false;
    if (!this.isAnyReadable()) return false;
    let inFlight = this.bytesInFlight();
    for (const [key, each] of this.followed) {
      if (abort.aborted || inFlight >= this.maxBytesInFlight) break;
      if (!each.isReadable || each.tail.bytesInFlight >= this.maxFileBytesInFlight) continue;
      const before = each.tail.bytesInFlight;
      try {
        each.isReadable = await each.tail.read(this.block, each.isLeaving);
      } catch (error) {
        each.isReadable = false;
        this.options.tell({ kind: "failed", path: each.tail.target.path, reason: String(error) });
      }
      if (each.isLeaving && !each.isReadable) this.leave(key, each.tail);
      inFlight += each.tail.bytesInFlight - before;
      hasRead = true;
    }
    return hasRead;
  }

  private leave(key: string, tail: FileTail): void {
    this.followed.delete(key);
    const { path } = tail.target;
    this.byPath.set(
      path,
      (this.byPath.get(path) ?? []).filter((each) => each.tail !== tail),
    );
    const done = tail.close({ forget: true, signal: this.stopping.signal });
    this.closing.add(done);
    void done.then(() => this.closing.delete(done));
  }

  private pause(ms: number, abort: AbortSignal, onStart?: (end: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      if (abort.aborted) return resolve();
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
  private async rest(ms: number, abort: AbortSignal): Promise<void> {
    await this.pause(ms, abort, (end) => {
      this.wake = end;
    });
    this.wake = () => {};
  }

  private async save(): Promise<void> {
    try {
      await this.options.positions.save();
    } catch (error) {
      this.options.tell({ kind: "positions-failed", reason: errorText(error) });
    }
  }

  private async keepSaving(abort: AbortSignal): Promise<void> {
    while (!abort.aborted) {
      const start = performance.now();
      await this.save();
      await this.pause(Math.max(minSaveMs, saveShare * (performance.now() - start)), abort);
      await this.pause(maxSaveMs, abort, (end) => this.options.positions.whenChanged(end));
    }
  }
}
