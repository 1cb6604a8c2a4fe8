import { addHistogram, addSample, addStaleMarker, createSampleBatch, type SampleBatch, sampleKind } from "../sample.ts";
import { createSeriesMemo, type Series, seriesOf } from "../series.ts";
import type { Relabel } from "./relabel.ts";

/** Samples under other labels; those that rules drop are left out. */
export type RelabelSamples = (batch: SampleBatch) => SampleBatch;

/** Applies rules to samples; each series is looked at once. */
export function createRelabelSamples(relabel: Relabel): RelabelSamples {
  const memo = createSeriesMemo((series): Series | undefined => {
    const given = series.labels;
    const labels = relabel(given);
    if (labels === given) {
      return series;
    }
    return labels && labels.length > 0 ? seriesOf(labels) : undefined;
  });

  return function relabelSamples(batch) {
    const kept: Series[] = [];
    for (const series of batch.series) {
      const relabelled = memo.get(series);
      if (relabelled) {
        kept.push(relabelled);
      }
    }
    // Nothing was dropped: all but the series stays as it is.
    return kept.length === batch.series.length ? { ...batch, series: kept } : without(batch, memo.get);
  };
}

function without(batch: SampleBatch, relabelled: (series: Series) => Series | undefined): SampleBatch {
  const out = createSampleBatch();
  for (const [row, given] of batch.series.entries()) {
    const series = relabelled(given);
    if (!series) {
      continue;
    }
    const timeMs = batch.timesMs[row] ?? 0;
    const histogram = batch.histograms.get(row);
    let at: number;
    if (histogram) {
      at = addHistogram(out, series, { timeMs, histogram });
    } else if (batch.kinds[row] === sampleKind.stale) {
      at = addStaleMarker(out, series, timeMs);
    } else {
      at = addSample(out, series, { timeMs, value: batch.values[row] ?? 0 });
    }
    const exemplars = batch.exemplars.get(row);
    if (exemplars) {
      out.exemplars.set(at, exemplars);
    }
  }
  out.metadata.push(...batch.metadata);
  return out;
}
