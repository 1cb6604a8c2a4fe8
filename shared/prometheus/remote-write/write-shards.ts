import { afterMs, type Clock } from "../../clock.ts";
import { type SampleBatch, type SampleReceiver, sampleKind } from "../sample.ts";
import type { Series } from "../series.ts";
import { type Rows, WriteRequestWriter } from "./write-request-writer.ts";
import type { WriteSeries, WriteSeriesTable } from "./write-series.ts";

/** Why a sample is not written. */
export type DropReason =
  | "dropped_series"
  | "invalid_labels"
  | "duplicate_timestamp"
  | "too_old"
  | "native_histograms_not_sent";

/** A request of one shard. */
export interface ShardRequest {
  readonly shard: number;
  /** Overwritten when the call returns: compress or copy it before anything is awaited. */
  readonly bytes: Uint8Array;
  readonly samples: number;
  readonly exemplars: number;
}

export interface WriteShardsOptions {
  readonly table: WriteSeriesTable;
  /** At first. */
  readonly shards: number;
  /** A request is made when a shard has this many samples, or after `maxDelayMs`. */
  readonly maxSamples: number;
  readonly maxDelayMs: number;
  readonly sendExemplars: boolean;
  readonly sendHistograms: boolean;
  /** Older samples are dropped; 0: none are. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
  /** Resolves when the request is durable. Calls for one shard come in order. */
  readonly append: (request: ShardRequest) => Promise<void>;
  readonly dropped: (reason: DropReason, samples: number, batch: SampleBatch, row: number) => void;
}

interface Shard {
  readonly writer: WriteRequestWriter;
  /** Settles with the request that is being filled. */
  open: PromiseWithResolvers<void> | undefined;
  /** Which call of `consume` waits for that already, by its list. */
  told: object | undefined;
}

/** Turns samples into requests, shard by shard, so that the samples of a series stay in order. */
export interface WriteShards extends SampleReceiver {
  /** Makes requests of what waits now. */
  flush(): Promise<void>;
  /** Samples that wait to become durable. */
  pending(): number;
  /**
   * Goes on with another number of shards, if `drained` says that nothing of the old ones is left: a series may change its shard then.
   * Meanwhile what comes waits. Answers with whether it did.
   */
  reshard(count: number, drained: () => Promise<boolean>): Promise<boolean>;
}

/** Shards of one endpoint. */
export function createWriteShards(options: WriteShardsOptions): WriteShards {
  return new ShardedWriter(options);
}

class ShardedWriter implements WriteShards {
  private readonly options: WriteShardsOptions;
  private readonly table: WriteShardsOptions["table"];
  private readonly maxSamples: WriteShardsOptions["maxSamples"];
  private readonly clock: WriteShardsOptions["clock"];
  private readonly append: WriteShardsOptions["append"];
  private readonly dropped: WriteShardsOptions["dropped"];
  private shards: readonly Shard[];
  /** What came while shards are changed, in order. */
  private held: (() => void)[] | undefined;
  private waiting = 0;
  /** Shards with a request that is being filled, and the timer that ends the wait of the first one of them. */
  private filling = 0;
  private stopTimer: (() => void) | undefined;
  /** Of the batch that is being taken: what it waits for, and the time before which its samples are dropped. */
  private durable: Promise<void>[] = [];
  private oldestMs = Number.NEGATIVE_INFINITY;

  constructor(options: WriteShardsOptions) {
    this.options = options;
    this.table = options.table;
    this.maxSamples = options.maxSamples;
    this.clock = options.clock;
    this.append = options.append;
    this.dropped = options.dropped;
    this.shards = makeShards(options.shards);
  }

  async flush(): Promise<void> {
    const open = this.shards.flatMap((shard) => shard.open?.promise ?? []);
    this.flushAll();
    await Promise.allSettled(open);
  }

  pending(): number {
    return this.waiting;
  }

  consume(batch: SampleBatch): Promise<void> {
    if (!this.held) {
      return this.take(batch);
    }
    const turn = Promise.withResolvers<void>();
    this.held.push(() => turn.resolve(this.take(batch)));
    return turn.promise;
  }

  async reshard(count: number, drained: () => Promise<boolean>): Promise<boolean> {
    if (this.held) {
      return false;
    }
    this.held = [];
    await this.flush();
    const isDrained = await drained();
    if (isDrained) {
      this.shards = makeShards(count);
    }
    const turns = this.held;
    this.held = undefined;
    for (const turn of turns) {
      turn();
    }
    return isDrained;
  }

  /** Nothing is allocated for a row: with many of them that is what young collections are made of (bench/scraping). */
  private take(given: SampleBatch): Promise<void> {
    this.durable = [];
    const batch = this.options.sendExemplars || given.exemplars.size === 0 ? given : { ...given, exemplars: new Map() };
    const { maxAgeMs } = this.options;
    this.oldestMs = maxAgeMs > 0 ? this.clock.now() - maxAgeMs : Number.NEGATIVE_INFINITY;
    const { series } = batch;
    for (let from = 0; from < series.length; ) {
      const first = series[from] as Series;
      if (series[from + 1] === first) {
        from = this.takeRun({ batch, from, to: endOfRun(series, from) });
        continue;
      }
      // One row of a series, which is nearly always so.
      const write = this.table.of(first);
      if (typeof write !== "object") {
        this.dropped(write, 1, batch, from);
      } else if (this.takes(write, batch, from)) {
        const index = this.indexOf(write);
        (this.shards[index] as Shard).writer.addRow(write, batch, from);
        this.added(index, 1);
      }
      from++;
    }
    const { durable } = this;
    this.durable = [];
    return durable.length === 1 ? (durable[0] as Promise<void>) : Promise.all(durable).then(() => {});
  }

  /** Several rows of one series; returns the end of them. */
  private takeRun({ batch, from, to }: Rows): number {
    const write = this.table.of(batch.series[from] as Series);
    if (typeof write !== "object") {
      this.dropped(write, to - from, batch, from);
      return to;
    }
    let start = from;
    for (let row = from; row < to; row++) {
      if (!this.takes(write, batch, row)) {
        this.put(write, { batch, from: start, to: row });
        start = row + 1;
      }
    }
    this.put(write, { batch, from: start, to });
    return to;
  }

  /** Whether a row is written; why not is told, unless it is the sample before once more. */
  private takes(write: WriteSeries, batch: SampleBatch, row: number): boolean {
    const reason = this.refuse(write, batch, row);
    if (reason !== undefined && reason !== "same") {
      this.dropped(reason, 1, batch, row);
    }
    return reason === undefined;
  }

  private refuse(write: WriteSeries, batch: SampleBatch, row: number): DropReason | "same" | undefined {
    const timeMs = batch.timesMs[row] as number;
    if (timeMs < this.oldestMs) {
      return "too_old";
    }
    const kind = batch.kinds[row];
    if (kind === sampleKind.histogram && !this.options.sendHistograms) {
      return "native_histograms_not_sent";
    }
    const value = kind === sampleKind.value ? (batch.values[row] as number) : Number.NaN;
    if (timeMs === write.lastMs) {
      return Object.is(value, write.lastValue) ? "same" : "duplicate_timestamp";
    }
    write.lastMs = timeMs;
    write.lastValue = value;
    return undefined;
  }

  private put(write: WriteSeries, rows: Rows): void {
    if (rows.from >= rows.to) {
      return;
    }
    const index = this.indexOf(write);
    (this.shards[index] as Shard).writer.addSeries(write, rows);
    this.added(index, rows.to - rows.from);
  }

  private indexOf(write: WriteSeries): number {
    const { length } = this.shards;
    // The remainder of anything but a small integer is a call.
    return length === 1 ? 0 : write.hash % length;
  }

  private added(index: number, rows: number): void {
    const shard = this.shards[index] as Shard;
    this.waiting += rows;
    const isNew = shard.open === undefined;
    this.filling += isNew ? 1 : 0;
    shard.open ??= Promise.withResolvers<void>();
    if (isNew || shard.told !== this.durable) {
      this.durable.push(shard.open.promise);
      shard.told = this.durable;
    }
    if (shard.writer.samples >= this.maxSamples) {
      this.flushShard(index);
    } else {
      this.stopTimer ??= afterMs(this.clock, this.options.maxDelayMs, () => this.flushAll());
    }
  }

  private flushShard(index: number): void {
    const shard = this.shards[index] as Shard;
    const { writer, open } = shard;
    if (!open) {
      return;
    }
    shard.open = undefined;
    shard.told = undefined;
    this.filling--;
    if (this.filling === 0) {
      // What comes next has waited for nothing yet: it is not cut short.
      this.stopTimer?.();
      this.stopTimer = undefined;
    }
    const { samples, exemplars } = writer;
    const settled = (): void => {
      this.waiting -= samples;
    };
    this.append({ shard: index, bytes: writer.take(), samples, exemplars }).then(
      () => {
        settled();
        open.resolve();
      },
      (error: unknown) => {
        settled();
        open.reject(error);
      },
    );
    // Whoever consumed looks at the promise; without anybody it must not end the process.
    open.promise.catch(() => {});
  }

  private flushAll(): void {
    for (let index = 0; index < this.shards.length; index++) {
      this.flushShard(index);
    }
  }
}

function endOfRun(series: readonly Series[], from: number): number {
  let to = from + 1;
  while (to < series.length && series[to] === series[from]) {
    to++;
  }
  return to;
}

function makeShards(count: number): readonly Shard[] {
  return Array.from({ length: count }, () => ({ writer: new WriteRequestWriter(), open: undefined, told: undefined }));
}
