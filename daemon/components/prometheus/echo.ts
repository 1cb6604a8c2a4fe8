import { attribute, table } from "../../../shared/alloy/arguments.ts";
import { oneOf } from "../../../shared/alloy/text-types.ts";
import type { SampleBatch, SampleReceiver } from "../../../shared/prometheus/sample.ts";
import { sampleText } from "../../../shared/prometheus/sample-text.ts";
import { sampleReceiver } from "../../controller/capsules.ts";
import { defineComponent } from "../../controller/component.ts";

/** Samples that one log line shows. */
const maxShown = 50;

/** Writes samples to the log. */
export const echo = defineComponent({
  name: "prometheus.echo",
  stability: "generally-available",
  arguments: table({
    format: attribute(oneOf(["text", "openmetrics"]), { default: "text" as const, help: "How samples are written." }),
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
  const lines = batch.series.slice(0, maxShown).map((_, row) => sampleText(batch, row));
  const rest = batch.series.length - lines.length;
  return rest > 0 ? `${lines.join("\n")}\n… and ${rest} more` : lines.join("\n");
}
