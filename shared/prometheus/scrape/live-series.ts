import { addStaleMarker, createSampleBatch, type SampleBatch } from "../sample.ts";
import type { SampleRules } from "./scrape-config.ts";
import type { TargetSeriesRegistry } from "./target-series.ts";
import type { TargetSeries } from "./target-series-table.ts";

/** A sample may say that it is from later than its scrape by this much. */
const MAX_AHEAD_MS = 600_000;
const MIN_MS = -(2 ** 63);

/** A scrape whose answer is being read. */
export interface Taking {
  readonly batch: SampleBatch;
  readonly counts: {
    after: number;
    added: number;
    duplicates: number;
    outOfOrder: number;
    outOfBounds: number;
    tooManyBuckets: number;
    /** Lines that were read into histograms, less the histograms. */
    swallowed: number;
  };
  /** Series whose last line is gone. */
  readonly gone: TargetSeries[];
  readonly timeMs: number;
}

/** A scrape of which nothing has been read. */
export function newTaking(timeMs: number): Taking {
  const counts = { after: 0, added: 0, duplicates: 0, outOfOrder: 0, outOfBounds: 0, tooManyBuckets: 0, swallowed: 0 };
  return { batch: createSampleBatch(), counts, gone: [], timeMs };
}

/** Which series of a target are alive: what each scrape has seen of them, and the stale markers of those that end. */
export class LiveSeries {
  /** The scrape that is being read, from 1. */
  scrape = 0;
  /** Series that are alive. */
  count = 0;
  private readonly registry: TargetSeriesRegistry;
  private readonly rules: SampleRules;

  constructor(registry: TargetSeriesRegistry, rules: SampleRules) {
    this.registry = registry;
    this.rules = rules;
  }

  /** Whether a sample is kept, at the time that is the series' last one then; `timeMs` is NaN where the line has none. */
  accept(target: TargetSeries, timeMs: number, taking: Taking): boolean {
    if (target.isDropped) {
      return false;
    }
    const { counts, timeMs: scrapeMs } = taking;
    counts.after++;
    const ownTime = this.rules.honorTimestamps && !Number.isNaN(timeMs);
    const at = ownTime ? timeMs : scrapeMs;
    const isAgain = target.seen === this.scrape;
    target.seen = this.scrape;
    if (isAgain && !ownTime) {
      counts.duplicates++;
      return false;
    }
    target.hasOwnTime = ownTime;
    if (at > scrapeMs + MAX_AHEAD_MS || at <= MIN_MS) {
      counts.outOfBounds++;
      return false;
    }
    if (at <= target.lastMs) {
      counts.outOfOrder += at < target.lastMs ? 1 : 0;
      return false;
    }
    target.lastMs = at;
    if (target.liveSince === 0) {
      target.liveSince = this.scrape;
      this.count++;
    }
    return true;
  }

  /** Series of which this scrape has seen nothing. */
  unseen(): readonly TargetSeries[] {
    return [...this.registry.values()].filter((series) => series.seen !== this.scrape);
  }

  /** Ends those of `gone` that this scrape has not seen on another line. */
  endGone(batch: SampleBatch, gone: readonly TargetSeries[], timeMs: number): void {
    for (const series of gone) {
      if (series.seen !== this.scrape && !series.isDropped) {
        this.end(batch, series, timeMs);
        this.registry.forget(series);
      }
    }
  }

  endAll(batch: SampleBatch, timeMs: number): void {
    if (this.count === 0) {
      return;
    }
    for (const series of this.registry.values()) {
      this.end(batch, series, timeMs);
    }
  }

  private end(batch: SampleBatch, ended: TargetSeries, timeMs: number): void {
    if (ended.liveSince === 0) {
      return;
    }
    const wasSent = ended.liveSince !== this.scrape;
    ended.liveSince = 0;
    this.count--;
    if (wasSent && (!ended.hasOwnTime || this.rules.trackTimestampsStaleness)) {
      addStaleMarker(batch, ended, timeMs);
      ended.lastMs = timeMs;
    } else if (!wasSent) {
      ended.lastMs = Number.NEGATIVE_INFINITY;
    }
  }
}
