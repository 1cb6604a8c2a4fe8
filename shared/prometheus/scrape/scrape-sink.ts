import { histogramProblem } from "../check-histogram.ts";
import type { ClassicHistograms } from "../exposition/classic-histograms.ts";
import type { ExpositionSink } from "../exposition/exposition.ts";
import { ExpositionError } from "../exposition/series-text.ts";
import { addHistogram, type SampleBatch, sampleKind } from "../sample.ts";
import type { Series } from "../series.ts";
import type { FamilyMetadata } from "./family-metadata.ts";
import { limitHistogram } from "./limit-histogram.ts";
import type { LiveSeries, Taking } from "./live-series.ts";
import type { NewestExemplars } from "./newest-exemplars.ts";
import type { SampleRules } from "./scrape-config.ts";
import type { TargetSeriesRegistry } from "./target-series.ts";
import { TargetSeries } from "./target-series-table.ts";

/** What a target's scrapes are read into. */
export interface ScrapeSinkOptions {
  readonly rules: SampleRules;
  readonly registry: TargetSeriesRegistry;
  readonly live: LiveSeries;
  readonly families: FamilyMetadata;
  readonly classics: ClassicHistograms<TargetSeries>;
  readonly newest: NewestExemplars;
}

/** Takes what a parser reads of one scrape: into its batch, its counts and the list of what has gone. */
export function createScrapeSink(taking: Taking, options: ScrapeSinkOptions): ExpositionSink<TargetSeries> {
  const { rules, registry, live, families, classics, newest } = options;
  const { batch, counts, gone } = taking;
  let row = -1;
  let isNew = false;
  /** What the sample before is to a histogram that is converted. */
  let part: TargetSeries["classic"];

  /** A new series counts where its sample was taken, and is within the limit. */
  function countNew(): void {
    const { samples } = rules.limits;
    counts.added += isNew && row >= 0 && (samples === 0 || counts.after - counts.repeated <= samples) ? 1 : 0;
    isNew = false;
  }

  return {
    series(raw) {
      const classic = rules.histograms.convertClassic ? classics.partOf(raw) : undefined;
      if (classic && (!rules.histograms.classicToo || classic.kind === "created")) {
        const swallowed = new TargetSeries();
        swallowed.classic = classic;
        return swallowed;
      }
      const found = registry.of(raw);
      const { series } = found;
      isNew = found.isNew;
      if (!series.isDropped) {
        series.classic = classic;
      }
      return series;
    },
    sample(target, sample) {
      const { value, timeMs } = sample;
      part = target.classic;
      if (part) {
        classics.add(part, { value, timeMs, scrape: live.scrape });
        counts.swallowed += target.isDropped ? 1 : 0;
      }
      row = live.accept(target, sample, taking) ? addLast(batch, target, value) : -1;
      if (isNew) countNew();
    },
    histogram(target, { histogram: given, timeMs }) {
      part = undefined;
      const histogram = limitHistogram(given, rules.histograms);
      const problem = histogram && !target.isDropped ? histogramProblem(histogram) : undefined;
      if (problem !== undefined) {
        throw new ExpositionError(`invalid native histogram: ${problem}`);
      }
      const isTaken = live.accept(target, { timeMs, again: true }, taking);
      counts.tooManyBuckets += histogram ? 0 : 1;
      row = isTaken && histogram ? addHistogram(batch, target, { timeMs: target.lastMs, histogram }) : -1;
      countNew();
    },
    exemplar(exemplar) {
      if (part) {
        classics.addExemplar(part, exemplar);
      }
      if (row >= 0 && newest.take(batch.series[row] as Series, exemplar, batch.timesMs[row] ?? 0)) {
        batch.exemplars.set(row, [...(batch.exemplars.get(row) ?? []), exemplar]);
      }
    },
    metadata: families.read,
    gone: (series) => void gone.push(series),
  };
}

/** Adds a value at the series' last time; an object for each would be most of what a scrape allocates. */
function addLast(batch: SampleBatch, target: TargetSeries, value: number): number {
  batch.timesMs.push(target.lastMs);
  batch.values.push(value);
  batch.kinds.push(sampleKind.value);
  return batch.series.push(target) - 1;
}

/** Gives a sink the histograms that classic ones have become; those that have ended are gone. */
export function convertClassics(
  taking: Taking,
  sink: ExpositionSink<TargetSeries>,
  { classics, live }: Pick<ScrapeSinkOptions, "classics" | "live">,
): void {
  const { converted, gone } = classics.end(live.scrape);
  for (const { target, histogram, timeMs, exemplars } of converted) {
    // Where a native one has come beside it, that one counts.
    if (target.seen !== live.scrape) {
      sink.histogram?.(target, { histogram, timeMs });
      taking.counts.swallowed--;
      for (const exemplar of exemplars) {
        sink.exemplar?.(exemplar);
      }
    }
  }
  taking.gone.push(...gone);
}
