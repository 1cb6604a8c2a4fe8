import { addStaleMarker, createSampleBatch, type SampleBatch } from "../sample.ts";
import type { SampleRules } from "./scrape-config.ts";
import type { TargetSeriesRegistry } from "./target-series.ts";
import type { TargetSeries } from "./target-series-table.ts";

/** A sample may say that it is from later than its scrape by this much. */
const maxAheadMs = 600_000;
const minMs = -(2 ** 63);

/** A scrape whose answer is being read. */
export interface Taking {
  readonly batch: SampleBatch;
  readonly counts: {
    after: number;
    added: number;
    duplicates: number;
    /** Of the duplicates those whose text was the same. */
    repeated: number;
    outOfOrder: number;
    outOfBounds: number;
    tooManyBuckets: number;
    /** Lines that were read into histograms, less the histograms. */
    swallowed: number;
  };
  /** Series whose last line is gone. */
  readonly gone: TargetSeries[];
  /** Series with a line that is not taken, or has a time of its own now: where no other line of theirs is tracked they end. */
  readonly lapsed: TargetSeries[];
  readonly timeMs: number;
}

/** A scrape of which nothing has been read. */
export function newTaking(timeMs: number): Taking {
  const counts = {
    after: 0,
    added: 0,
    duplicates: 0,
    repeated: 0,
    outOfOrder: 0,
    outOfBounds: 0,
    tooManyBuckets: 0,
    swallowed: 0,
  };
  return { batch: createSampleBatch(), counts, gone: [], lapsed: [], timeMs };
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

  /**
   * Whether a sample is kept, at the time that is the series' last one then; `timeMs` is NaN where the line has none. `again`: if the series
   * came before in this scrape, then as the same text.
   */
  accept(target: TargetSeries, { timeMs, again }: { timeMs: number; again: boolean }, taking: Taking): boolean {
    if (target.isDropped) {
      return false;
    }
    const { counts, timeMs: scrapeMs } = taking;
    counts.after++;
    if (Number.isNaN(timeMs) && target.seen !== this.scrape && scrapeMs > target.lastMs) {
      // Nearly all.
      target.seen = this.scrape;
      target.trackedAt = this.scrape;
      target.lastMs = scrapeMs;
      if (target.liveSince === 0) {
        target.liveSince = this.scrape;
        this.count++;
      }
      return true;
    }
    const ownTime = this.rules.honorTimestamps && !Number.isNaN(timeMs);
    const at = ownTime ? timeMs : scrapeMs;
    const isAgain = target.seen === this.scrape;
    if (isAgain && again && !ownTime) {
      counts.duplicates++;
      counts.repeated++;
      return false;
    }
    const isWithin = at <= scrapeMs + maxAheadMs && at > minMs;
    const isTaken = isWithin && at > target.lastMs;
    if (isTaken && (!ownTime || this.rules.trackTimestampsStaleness)) {
      target.trackedAt = this.scrape;
    } else if (target.trackedAt === this.scrape - 1 && target.liveSince !== 0) {
      taking.lapsed.push(target);
    }
    // Of a new series the first line that is taken counts.
    target.seen = isTaken || target.lastMs !== Number.NEGATIVE_INFINITY ? this.scrape : target.seen;
    if (!isTaken) {
      counts.outOfBounds += isWithin ? 0 : 1;
      counts.outOfOrder += isWithin && at < target.lastMs ? 1 : 0;
      counts.duplicates += isAgain && !ownTime && at === target.lastMs ? 1 : 0;
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

  /** Ends those that are gone and that this scrape has not seen on another line, and those that now have times of their own. */
  endGone({ batch, gone, lapsed, timeMs }: Taking): void {
    for (const series of lapsed) {
      if (series.trackedAt !== this.scrape && timeMs > series.lastMs) {
        addStaleMarker(batch, series, timeMs);
        series.lastMs = timeMs;
      }
    }
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
    if (wasSent && ended.trackedAt >= this.scrape - 1) {
      addStaleMarker(batch, ended, timeMs);
      ended.lastMs = timeMs;
    } else if (!wasSent) {
      ended.lastMs = Number.NEGATIVE_INFINITY;
    }
  }
}
