import { attribute, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { bool, int, number, uint } from "../../../../shared/alloy/plain-types.ts";
import { string } from "../../../../shared/alloy/text-types.ts";
import { loadSampler } from "../../../../shared/processors/probabilistic-sampler.ts";
import { otlpConsumer } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { createOutlet, output } from "../output.ts";
import { processOf } from "./loaded.ts";
import { processing } from "./processing.ts";

const args = table({
  mode: attribute(string),
  hash_seed: attribute(uint),
  sampling_percentage: attribute(number),
  fail_closed: attribute(bool, { default: true }),
  sampling_precision: attribute(int, { default: 4 }),
  attribute_source: attribute(string, { default: "traceID" }),
  from_attribute: attribute(string),
  sampling_priority: attribute(string),
  output,
  debug_metrics: debugMetrics,
});

/** `otelcol.processor.probabilistic_sampler`: keeps a share of traces and logs. */
export const probabilisticSampler = defineComponent({
  name: "otelcol.processor.probabilistic_sampler",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build: processing(load),
});

const judged = {
  traces: "otelcol_processor_probabilistic_sampler_count_traces_sampled_total",
  logs: "otelcol_processor_probabilistic_sampler_count_logs_sampled_total",
} as const;

function load(given: DecodedBy<typeof args>, context: ComponentContext<unknown>) {
  const { id, metrics } = context;
  const loaded = loadSampler(given, ({ signal, policy, kept, dropped }) => {
    const labels = { component_id: id, policy };
    if (kept > 0) metrics.add(judged[signal], { ...labels, sampled: "true" }, kept);
    if (dropped > 0) metrics.add(judged[signal], { ...labels, sampled: "false" }, dropped);
  });
  return { process: processOf(loaded), outlet: createOutlet(given.output, context) };
}
