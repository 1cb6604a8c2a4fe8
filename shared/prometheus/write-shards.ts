import type { Clock } from "../clock.ts";
import { type SampleBatch, type SampleReceiver, sampleKind } from "./sample.ts";
import type { Series } from "./series.ts";
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
  /** Which call of `consume` waits for that already. */
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
  private timer: AbortController | undefined;

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
    this.timer?.abort();
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

  private take(batch: SampleBatch): Promise<void> {
    const durable = new Set<Promise<void>>();
    const given = this.options.sendExemplars || batch.exemplars.size === 0 ? batch : { ...batch, exemplars: new Map() };
    const { maxAgeMs } = this.options;
    const oldestMs = maxAgeMs > 0 ? this.clock.now() - maxAgeMs : Number.NEGATIVE_INFINITY;
    const { series } = given;
    for (let from = 0; from < series.length; ) {
      const first = series[from] as Series;
      const to = from + 1;
      if (series[to] === first) {
        from = this.takeRun({ batch: given, from, to: endOfRun(series, from) }, oldestMs, durable);
        continue;
      }
      // One row of a series, which is nearly always so.
      const write = this.table.of(first);
      const reason = typeof write === "object" ? this.refuse(write, { batch: given, row: from, oldestMs }) : write;
      if (reason === undefined) {
        this.put(write as WriteSeries, { batch: given, from, to }, durable);
      } else if (reason !== "same") {
        this.dropped(reason, 1, given, from);
      }
      from = to;
    }
    return durable.size === 0 ? Promise.resolve() : Promise.all(durable).then(() => {});
  }

  /** Several rows of one series; returns the end of them. */
  private takeRun({ batch, from, to }: Rows, oldestMs: number, durable: Set<Promise<void>>): number {
    const write = this.table.of(batch.series[from] as Series);
    if (typeof write !== "object") {
      this.dropped(write, to - from, batch, from);
      return to;
    }
    let start = from;
    for (let row = from; row < to; row++) {
      const reason = this.refuse(write, { batch, row, oldestMs });
      if (reason !== undefined) {
        this.put(write, { batch, from: start, to: row }, durable);
        start = row + 1;
        if (reason !== "same") {
          this.dropped(reason, 1, batch, row);
        }
      }
    }
    this.put(write, { batch, from: start, to }, durable);
    return to;
  }

  private refuse(
    write: WriteSeries,
    at: { readonly batch: SampleBatch; readonly row: number; readonly oldestMs: number },
  ): DropReason | "same" | undefined {
    const { batch, row, oldestMs } = at;
    const timeMs = batch.timesMs[row] as number;
    if (timeMs < oldestMs) {
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

  private put(write: WriteSeries, rows: Rows, durable: Set<Promise<void>>): void {
    if (rows.from >= rows.to) {
      return;
    }
    const index = write.hash % this.shards.length;
    const shard = this.shards[index] as Shard;
    shard.writer.addSeries(write, rows);
    this.waiting += rows.to - rows.from;
    const isNew = shard.open === undefined;
    shard.open ??= Promise.withResolvers<void>();
    if (isNew || shard.told !== durable) {
      durable.add(shard.open.promise);
      shard.told = durable;
    }
    if (shard.writer.samples >= this.maxSamples) {
      this.flushShard(index);
    } else {
      this.timer ??= this.startTimer();
    }
  }

  private startTimer(): AbortController {
    const abort = new AbortController();
    void this.clock.sleep(this.options.maxDelayMs, abort.signal).then(() => {
      if (!abort.signal.aborted) {
        this.flushAll();
      }
    });
    return abort;
  }

  private flushShard(index: number): void {
    const { writer, open } = this.shards[index] as Shard;
    if (!open) {
      return;
    }
    Object.assign(this.shards[index] as Shard, { open: undefined, told: undefined });
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
    this.timer = undefined;
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
