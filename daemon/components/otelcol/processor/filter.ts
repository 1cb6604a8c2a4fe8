import { attribute, block, blocks, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { string } from "../../../../shared/alloy/text-types.ts";
import { loadFilter } from "../../../../shared/processors/filter.ts";
import { otlpConsumer } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { createOutlet, output } from "../output.ts";
import { processOf } from "./loaded.ts";
import { ottlHost, processing, statementErrors } from "./processing.ts";

const conditions = attribute(list(string), { help: "OTTL: an item for which one of them holds is dropped." });
const conditionsBlock = table({
  context: attribute(string),
  conditions,
  error_mode: attribute(string),
});

const args = table({
  error_mode: attribute(string, { default: "ignore" }),
  traces: block(table({ span: conditions, spanevent: conditions })),
  metrics: block(table({ metric: conditions, datapoint: conditions })),
  logs: block(table({ log_record: conditions })),
  trace_conditions: blocks(conditionsBlock),
  metric_conditions: blocks(conditionsBlock),
  log_conditions: blocks(conditionsBlock),
  output,
  debug_metrics: debugMetrics,
});

/** `otelcol.processor.filter`: drops what conditions hold for. */
export const filter = defineComponent({
  name: "otelcol.processor.filter",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build: processing(load),
});

function load({ traces, metrics, logs, ...given }: DecodedBy<typeof args>, context: ComponentContext<unknown>) {
  const lists = { ...(traces && { traces }), ...(metrics && { metrics }), ...(logs && { logs }) };
  const loaded = loadFilter({ ...given, ...lists }, { host: ottlHost(context), onError: statementErrors(context) });
  return { process: processOf(loaded), outlet: createOutlet(given.output, context) };
}
