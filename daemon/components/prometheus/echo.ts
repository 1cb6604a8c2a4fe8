import { attribute, table } from "../../../shared/alloy/arguments.ts";
import { oneOf } from "../../../shared/alloy/text-types.ts";
import { formatGoFloat } from "../../../shared/prometheus/go-float.ts";
import { formatLabels } from "../../../shared/prometheus/labels.ts";
import { type SampleBatch, type SampleReceiver, sampleKind } from "../../../shared/prometheus/sample.ts";
import { sampleReceiver } from "../../controller/capsules.ts";
import { defineComponent } from "../../controller/component.ts";

/** Samples that one log line shows. */
const MAX_SHOWN = 50;

/** Writes samples to the log. */
export const echo = defineComponent({
  name: "prometheus.echo",
  stability: "generally-available",
  arguments: table({
    format: attribute(oneOf(["text", "openmetrics"]), { default: "text" as const, says: "How samples are written." }),
  }),
  exports: { receiver: sampleReceiver },
  build(_args, { emit }) {
    const receiver: SampleReceiver = {
      async consume(batch) {
        emit("samples.echoed", { samples: batch.series.length, text: textOf(batch) });
      },
    };
    return { exports: { receiver }, update: () => {} };
  },
});

function textOf(batch: SampleBatch): string {
  const lines = batch.series.slice(0, MAX_SHOWN).map(({ labels }, row) => {
    const value =
      batch.kinds[row] === sampleKind.stale
        ? "stale"
        : batch.kinds[row] === sampleKind.histogram
          ? `histogram, count ${batch.histograms.get(row)?.count ?? 0}`
          : formatGoFloat(batch.values[row] ?? 0);
    return `${formatLabels(labels)} ${value} ${batch.timesMs[row]}`;
  });
  const rest = batch.series.length - lines.length;
  return rest > 0 ? `${lines.join("\n")}\n… and ${rest} more` : lines.join("\n");
}
