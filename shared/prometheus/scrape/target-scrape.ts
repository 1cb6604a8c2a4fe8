import { createClassicHistograms } from "../exposition/classic-histograms.ts";
import { createTextParser, type Parsed } from "../exposition/exposition.ts";
import { LineCache } from "../exposition/line-cache.ts";
import { parseProtobuf } from "../exposition/protobuf-exposition.ts";
import type { RawSeries } from "../exposition/raw-series.ts";
import type { Labels } from "../labels.ts";
import { createSampleBatch, type SampleBatch } from "../sample.ts";
import type { ExpositionFormat } from "./exposition-format.ts";
import { createFamilyMetadata } from "./family-metadata.ts";
import { LiveSeries, newTaking, type Taking } from "./live-series.ts";
import { createNewestExemplars } from "./newest-exemplars.ts";
import type { SampleRules, ScrapeReport } from "./scrape-config.ts";
import { createReportSeries, type ScrapeTiming } from "./scrape-report.ts";
import { convertClassics, createScrapeSink } from "./scrape-sink.ts";
import { createTargetSeriesRegistry } from "./target-series.ts";
import type { TargetSeries } from "./target-series-table.ts";

/** What a target answered, or why there is nothing of it. */
export type ScrapeAnswer =
  | { readonly kind: "body"; readonly body: Uint8Array; readonly format: ExpositionFormat }
  | { readonly kind: "failed"; readonly reason: string; readonly tooLarge?: true; readonly bodyBytes?: number };

/** What came of a scrape: the batch has samples, stale markers and report. */
export interface Scraped {
  readonly batch: SampleBatch;
  readonly report: ScrapeReport;
  /** Why it failed. */
  readonly reason?: string;
  /** Samples that were dropped, one by one, while the scrape went on. */
  readonly duplicates: number;
  readonly outOfOrder: number;
  /** Later than the scrape by more than ten minutes. */
  readonly outOfBounds: number;
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
const maxLinesOver = 1_000;

/** Remembers a target's lines and series, so that a line seen before is only a number (prometheus.md §5). */
export function createTargetScrape(target: Labels, rules: SampleRules): TargetScrape {
  const registry = createTargetSeriesRegistry(target, rules);
  const live = new LiveSeries(registry, rules);
  const cache = new LineCache<TargetSeries>();
  const parsers = { text: createTextParser("text", cache), openmetrics: createTextParser("openmetrics", cache) };
  const families = createFamilyMetadata();
  const classics = createClassicHistograms({
    typeOf: families.typeOf,
    series: (raw: RawSeries) => registry.of(raw).series,
  });
  const newest = createNewestExemplars();
  const reporting = createReportSeries(target, rules.extraMetrics);
  let lastFormat: ExpositionFormat | undefined;
  /** Whether lines were forgotten whose series may be gone: then all series are looked at. */
  let isAfterChange = false;
  let lastGoodLines = 0;
  let hasReported = false;

  function take(answer: ScrapeAnswer, timing: ScrapeTiming): Scraped {
    live.scrape++;
    const taking = newTaking(timing.timeMs);
    const { counts } = taking;
    const parsed = read(answer, taking);
    const reason = parsed.kind === "invalid" ? parsed.reason : beyondLimits(counts, rules);
    const batch = reason === undefined ? keep(taking) : drop(taking);
    const report = reportOf(parsed, { counts, timing, up: reason === undefined });
    hasReported = true;
    reporting.add(batch, report, {
      timing,
      sampleLimit: rules.limits.samples,
      bodyBytes: answer.kind === "body" ? answer.body.length : answer.tooLarge ? -1 : (answer.bodyBytes ?? 0),
    });
    const { duplicates, outOfOrder, outOfBounds } = counts;
    return { batch, report, duplicates, outOfOrder, outOfBounds, ...(reason !== undefined && { reason }) };
  }

  function read(answer: ScrapeAnswer, taking: Taking): Parsed {
    if (answer.kind === "failed") {
      return { kind: "invalid", samples: 0, reason: answer.reason };
    }
    const { body, format } = answer;
    changeFormat(format);
    const sink = createScrapeSink(taking, { rules, registry, live, families, classics, newest });
    const isProtobuf = format === "protobuf";
    const parsed = isProtobuf ? parseProtobuf(body, sink, rules.histograms) : parsers[format](body, sink);
    if (parsed.kind === "parsed" && rules.histograms.convertClassic) {
      convertClassics(taking, sink, { classics, live });
    }
    if (parsed.kind === "parsed" && (isProtobuf || isAfterChange)) {
      taking.gone.push(...live.unseen());
      isAfterChange = false;
    }
    return parsed;
  }

  /** A line means something else in another format. */
  function changeFormat(format: ExpositionFormat): void {
    if (lastFormat !== undefined && lastFormat !== format) {
      cache.clear();
      isAfterChange = true;
    }
    lastFormat = format;
  }

  /** What a good scrape sends. */
  function keep(taking: Taking): SampleBatch {
    const { batch } = taking;
    lastGoodLines = cache.size;
    live.endGone(taking);
    batch.metadata.push(...families.changed());
    return batch;
  }

  /** What a scrape sends of which nothing counts: everything ends. */
  function drop({ gone, timeMs }: Taking): SampleBatch {
    const batch = createSampleBatch();
    live.endAll(batch, timeMs);
    const isTooMuch = cache.size > 2 * lastGoodLines + maxLinesOver;
    for (const series of isTooMuch ? [...registry.values()] : gone.filter(({ seen }) => seen !== live.scrape)) {
      registry.forget(series);
    }
    if (isTooMuch) {
      cache.clear();
      classics.clear();
    }
    return batch;
  }

  return {
    take,
    end(timeMs) {
      live.scrape++;
      const batch = createSampleBatch();
      live.endAll(batch, timeMs);
      if (hasReported) {
        reporting.end(batch, timeMs);
      }
      return batch;
    },
    get series() {
      return live.count;
    },
  };
}

function beyondLimits(counts: Taking["counts"], { limits }: SampleRules): string | undefined {
  const { after, repeated, tooManyBuckets } = counts;
  // The same text again does not count, the same labels in another order do, as in Prometheus.
  if (limits.samples > 0 && after - repeated > limits.samples) {
    return "sample limit exceeded";
  }
  return tooManyBuckets > 0 ? "histogram bucket limit exceeded" : undefined;
}

interface ReportFacts extends Pick<ScrapeReport, "up"> {
  readonly counts: Taking["counts"];
  readonly timing: ScrapeTiming;
}

function reportOf({ samples }: Parsed, { counts, timing, up }: ReportFacts): ScrapeReport {
  return {
    up,
    durationSeconds: timing.durationSeconds,
    scraped: samples - counts.swallowed,
    afterRelabelling: counts.after,
    seriesAdded: counts.added,
  };
}
