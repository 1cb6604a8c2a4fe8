import type { Clock } from "../clock.ts";
import { type SampleBatch, type SampleReceiver, sampleKind } from "./sample.ts";
import { forEachSeries, WriteRequestWriter } from "./write-request-writer.ts";
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
}

/** Turns samples into requests, shard by shard, so that the samples of a series stay in order. */
export interface WriteShards extends SampleReceiver {
  /** Makes requests of what waits now. */
  flush(): Promise<void>;
  /** Samples that wait to become durable. */
  pending(): number;
}

/** Shards of one endpoint. */
export function createWriteShards(options: WriteShardsOptions): WriteShards {
  const { table, maxSamples, clock, append, dropped } = options;
  const shards = Array.from(
    { length: options.shards },
    (): Shard => ({ writer: new WriteRequestWriter(), open: undefined }),
  );
  let waiting = 0;
  let timer: AbortController | undefined;

  function consume(batch: SampleBatch): Promise<void> {
    const durable = new Set<Promise<void>>();
    const given = options.sendExemplars || batch.exemplars.size === 0 ? batch : { ...batch, exemplars: new Map() };
    const oldestMs = options.maxAgeMs > 0 ? clock.now() - options.maxAgeMs : Number.NEGATIVE_INFINITY;
    forEachSeries(given, (from, to) => {
      const series = given.series[from];
      const write = series && table.of(series);
      if (typeof write !== "object") {
        dropped(write ?? "dropped_series", to - from, given, from);
        return;
      }
      let start = from;
      for (let row = from; row < to; row++) {
        const reason = refuse(write, { batch: given, row, oldestMs });
        if (reason !== undefined) {
          put(write, { batch: given, from: start, to: row }, durable);
          start = row + 1;
          if (reason !== "same") {
            dropped(reason, 1, given, row);
          }
        }
      }
      put(write, { batch: given, from: start, to }, durable);
    });
    return durable.size === 0 ? Promise.resolve() : Promise.all(durable).then(() => {});
  }

  function refuse(
    write: WriteSeries,
    at: { readonly batch: SampleBatch; readonly row: number; readonly oldestMs: number },
  ): DropReason | "same" | undefined {
    const { batch, row, oldestMs } = at;
    const timeMs = batch.timesMs[row] ?? 0;
    if (timeMs < oldestMs) {
      return "too_old";
    }
    const kind = batch.kinds[row];
    if (kind === sampleKind.histogram && !options.sendHistograms) {
      return "native_histograms_not_sent";
    }
    const value = kind === sampleKind.value ? (batch.values[row] ?? 0) : Number.NaN;
    if (timeMs === write.lastMs) {
      return Object.is(value, write.lastValue) ? "same" : "duplicate_timestamp";
    }
    write.lastMs = timeMs;
    write.lastValue = value;
    return undefined;
  }

  function put(
    write: WriteSeries,
    rows: { readonly batch: SampleBatch; readonly from: number; readonly to: number },
    durable: Set<Promise<void>>,
  ): void {
    if (rows.from >= rows.to) {
      return;
    }
    const shard = shards[write.shard] as Shard;
    shard.writer.addSeries(write.labels, rows);
    waiting += rows.to - rows.from;
    shard.open ??= Promise.withResolvers<void>();
    durable.add(shard.open.promise);
    if (shard.writer.samples >= maxSamples) {
      flushShard(write.shard);
    } else {
      timer ??= startTimer();
    }
  }

  function startTimer(): AbortController {
    const abort = new AbortController();
    void clock.sleep(options.maxDelayMs, abort.signal).then(() => {
      if (!abort.signal.aborted) {
        flushAll();
      }
    });
    return abort;
  }

  function flushShard(index: number): void {
    const { writer, open } = shards[index] as Shard;
    if (!open) {
      return;
    }
    (shards[index] as Shard).open = undefined;
    const { samples, exemplars } = writer;
    const settled = (): void => {
      waiting -= samples;
    };
    append({ shard: index, bytes: writer.take(), samples, exemplars }).then(
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

  function flushAll(): void {
    timer = undefined;
    for (let index = 0; index < shards.length; index++) {
      flushShard(index);
    }
  }

  return {
    consume,
    async flush() {
      timer?.abort();
      const open = shards.flatMap((shard) => shard.open?.promise ?? []);
      flushAll();
      await Promise.allSettled(open);
    },
    pending: () => waiting,
  };
}
