import { formatGoFloat } from "./go-float.ts";
import { formatLabels } from "./labels.ts";
import { type SampleBatch, sampleKind } from "./sample.ts";

/** A row of a batch for people: labels, value, milliseconds since 1970. */
export function sampleText(batch: SampleBatch, row: number): string {
  const series = batch.series[row];
  return `${series ? formatLabels(series.labels) : ""} ${valueText(batch, row)} ${batch.timesMs[row] ?? ""}`;
}

function valueText({ kinds, histograms, values }: SampleBatch, row: number): string {
  if (kinds[row] === sampleKind.stale) return "stale";
  if (kinds[row] === sampleKind.histogram) return `histogram, count ${histograms.get(row)?.count ?? 0}`;
  return formatGoFloat(values[row] ?? 0);
}
