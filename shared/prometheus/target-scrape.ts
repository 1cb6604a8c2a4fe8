import { createClassicHistograms } from "./classic-histograms.ts";
import { createTextParser, type ExpositionSink, type Parsed } from "./exposition.ts";
import type { ExpositionFormat } from "./exposition-format.ts";
import { createFamilyMetadata } from "./family-metadata.ts";
import type { Labels } from "./labels.ts";
import { limitHistogram } from "./limit-histogram.ts";
import { LineCache } from "./line-cache.ts";
import { parseProtobuf } from "./protobuf-exposition.ts";
import type { RawSeries } from "./raw-series.ts";
import { addHistogram, addSample, addStaleMarker, createSampleBatch, type SampleBatch } from "./sample.ts";
import type { SampleRules, ScrapeReport } from "./scrape-config.ts";
import { createReportSeries, type ScrapeTiming } from "./scrape-report.ts";
import { createTargetSeriesRegistry, newTargetSeries, type TargetSeries } from "./target-series.ts";

/** What a target answered, or why there is nothing of it. */
export type ScrapeAnswer =
  | { readonly kind: "body"; readonly body: Uint8Array; readonly format: ExpositionFormat }
  | { readonly kind: "failed"; readonly reason: string; readonly tooLarge?: true };

/** What came of a scrape: the batch has samples, stale markers and report. */
export interface Scraped {
  readonly batch: SampleBatch;
  readonly report: ScrapeReport;
  /** Why it failed. */
  readonly reason?: string;
  /** Samples that were dropped, one by one, while the scrape went on. */
  readonly duplicates: number;
  readonly outOfOrder: number;
}

/** The scrapes of one target, one after another. */
export interface TargetScrape {
  take(answer: ScrapeAnswer, timing: ScrapeTiming): Scraped;
  /** Stale markers for everything, report included: the target is gone. */
  end(timeMs: number): SampleBatch;
  /** Series that are remembered. */
  readonly series: number;
}

/** A target that fails again and again with other lines each time must not fill the memory. */
const MAX_LINES_OVER = 1_000;

/** Remembers a target's lines and series, so that a line seen before is only a number (prometheus.md §5). */
export function createTargetScrape(target: Labels, rules: SampleRules): TargetScrape {
  const registry = createTargetSeriesRegistry(target, rules);
  const cache = new LineCache<TargetSeries>();
  const parsers = { text: createTextParser("text", cache), openmetrics: createTextParser("openmetrics", cache) };
  const families = createFamilyMetadata();
  const classics = createClassicHistograms({
    typeOf: families.typeOf,
    series: (raw: RawSeries) => registry.of(raw).series,
  });
  const reporting = createReportSeries(target, rules.extraMetrics);
  let scrape = 0;
  let lastGoodLines = 0;
  let liveCount = 0;
  let hasReported = false;

  function take(answer: ScrapeAnswer, timing: ScrapeTiming): Scraped {
    scrape++;
    const batch = createSampleBatch();
    const counts = { after: 0, added: 0, duplicates: 0, outOfOrder: 0, tooManyBuckets: 0, swallowed: 0 };
    const gone: TargetSeries[] = [];
    const sink = sinkOf({ batch, counts, gone, timeMs: timing.timeMs });
    const parsed: Parsed =
      answer.kind === "failed" ? { kind: "invalid", samples: 0, reason: answer.reason } : parse(answer, sink);
    if (parsed.kind === "parsed" && rules.histograms.convertClassic) {
      gone.push(...convertClassics(sink, counts));
    }
    if (answer.kind === "body" && answer.format === "protobuf" && parsed.kind === "parsed") {
      gone.push(...[...registry.values()].filter((series) => series.seen !== scrape));
    }
    const reason = parsed.kind === "invalid" ? parsed.reason : beyondLimits(counts);
    const result = reason === undefined ? batch : createSampleBatch();
    if (reason === undefined) {
      lastGoodLines = cache.size;
      endSeries(result, gone, timing.timeMs);
      result.metadata.push(...families.changed());
    } else {
      endAll(result, timing.timeMs);
      for (const series of gone) {
        if (series.seen !== scrape) {
          registry.forget(series);
        }
      }
      if (cache.size > 2 * lastGoodLines + MAX_LINES_OVER) {
        forgetAll();
      }
    }
    const report = {
      up: reason === undefined,
      durationSeconds: timing.durationSeconds,
      scraped: parsed.samples - counts.swallowed,
      afterRelabelling: counts.after,
      seriesAdded: counts.added,
    };
    hasReported = true;
    reporting.add(result, report, {
      timing,
      sampleLimit: rules.limits.samples,
      bodyBytes: answer.kind === "body" ? answer.body.length : answer.tooLarge ? -1 : 0,
    });
    return {
      batch: result,
      report,
      duplicates: counts.duplicates,
      outOfOrder: counts.outOfOrder,
      ...(reason !== undefined && { reason }),
    };
  }

  function beyondLimits({ after, tooManyBuckets }: Taking["counts"]): string | undefined {
    const { samples } = rules.limits;
    if (samples > 0 && after > samples) {
      return "sample limit exceeded";
    }
    return tooManyBuckets > 0 ? "histogram bucket limit exceeded" : undefined;
  }

  function parse(
    { body, format }: Extract<ScrapeAnswer, { kind: "body" }>,
    sink: ExpositionSink<TargetSeries>,
  ): Parsed {
    return format === "protobuf" ? parseProtobuf(body, sink, rules.histograms) : parsers[format](body, sink);
  }

  interface Taking {
    readonly batch: SampleBatch;
    readonly counts: {
      after: number;
      added: number;
      duplicates: number;
      outOfOrder: number;
      tooManyBuckets: number;
      /** Lines that were read into histograms, less the histograms. */
      swallowed: number;
    };
    readonly gone: TargetSeries[];
    readonly timeMs: number;
  }

  function sinkOf({ batch, counts, gone, timeMs: scrapeMs }: Taking): ExpositionSink<TargetSeries> {
    let row = -1;

    /** The time of a sample that is kept. */
    function accept(target: TargetSeries, timeMs: number): number | undefined {
      if (!target.series) {
        return undefined;
      }
      counts.after++;
      const ownTime = rules.honorTimestamps && !Number.isNaN(timeMs);
      const at = ownTime ? timeMs : scrapeMs;
      const isAgain = target.seen === scrape;
      target.seen = scrape;
      if (isAgain && !ownTime) {
        counts.duplicates++;
        return undefined;
      }
      target.hasOwnTime = ownTime;
      if (at <= target.lastMs) {
        counts.outOfOrder += at < target.lastMs ? 1 : 0;
        return undefined;
      }
      target.lastMs = at;
      if (!target.live) {
        target.live = true;
        target.liveSince = scrape;
        liveCount++;
      }
      return at;
    }

    return {
      series(raw) {
        const classic = rules.histograms.convertClassic ? classics.partOf(raw) : undefined;
        if (classic && !rules.histograms.classicToo) {
          return { ...newTargetSeries(undefined), classic };
        }
        const { series, isNew } = registry.of(raw);
        counts.added += isNew ? 1 : 0;
        if (series.series) {
          series.classic = classic;
        }
        return series;
      },
      sample(target, { value, timeMs }) {
        if (target.classic) {
          classics.add(target.classic, { value, timeMs, scrape });
          counts.swallowed += target.series ? 0 : 1;
        }
        const at = accept(target, timeMs);
        row = at === undefined || !target.series ? -1 : addSample(batch, target.series, { timeMs: at, value });
      },
      histogram(target, { histogram: given, timeMs }) {
        const at = accept(target, timeMs);
        const histogram = limitHistogram(given, rules.histograms);
        counts.tooManyBuckets += histogram ? 0 : 1;
        row =
          at === undefined || !target.series || !histogram
            ? -1
            : addHistogram(batch, target.series, { timeMs: at, histogram });
      },
      exemplar(exemplar) {
        if (row >= 0) {
          batch.exemplars.set(row, [...(batch.exemplars.get(row) ?? []), exemplar]);
        }
      },
      metadata: families.read,
      gone: (series) => void gone.push(series),
    };
  }

  /** Adds the histograms that classic ones have become; answers with those that have ended. */
  function convertClassics(sink: ExpositionSink<TargetSeries>, counts: Taking["counts"]): readonly TargetSeries[] {
    const { converted, gone } = classics.end(scrape);
    for (const { target, histogram, timeMs } of converted) {
      // Where a native one has come beside it, that one counts.
      if (target.seen !== scrape) {
        sink.histogram?.(target, { histogram, timeMs });
        counts.swallowed--;
      }
    }
    return gone;
  }

  /** Ends series whose last line is gone. */
  function endSeries(batch: SampleBatch, gone: readonly TargetSeries[], timeMs: number): void {
    for (const series of gone) {
      if (series.seen !== scrape && series.series) {
        endOne(batch, series, timeMs);
        registry.forget(series);
      }
    }
  }

  function endAll(batch: SampleBatch, timeMs: number): void {
    if (liveCount === 0) {
      return;
    }
    for (const series of registry.values()) {
      endOne(batch, series, timeMs);
    }
  }

  function endOne(batch: SampleBatch, ended: TargetSeries, timeMs: number): void {
    if (!ended.live || !ended.series) {
      return;
    }
    ended.live = false;
    liveCount--;
    const wasSent = ended.liveSince !== scrape;
    if (wasSent && (!ended.hasOwnTime || rules.trackTimestampsStaleness)) {
      addStaleMarker(batch, ended.series, timeMs);
      ended.lastMs = timeMs;
    } else if (!wasSent) {
      ended.lastMs = Number.NEGATIVE_INFINITY;
    }
  }

  function forgetAll(): void {
    for (const series of [...registry.values()]) {
      registry.forget(series);
    }
    cache.clear();
    classics.clear();
  }

  return {
    take,
    end(timeMs) {
      scrape++;
      const batch = createSampleBatch();
      endAll(batch, timeMs);
      if (hasReported) {
        reporting.end(batch, timeMs);
      }
      return batch;
    },
    get series() {
      return liveCount;
    },
  };
}
