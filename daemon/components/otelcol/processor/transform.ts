import { attribute, block, blocks, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { string } from "../../../../shared/alloy/text-types.ts";
import { loadTransform } from "../../../../shared/processors/transform.ts";
import { otlpConsumer } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { createOutlet, output } from "../output.ts";
import { processOf } from "./loaded.ts";
import { ottlHost, processing, statementErrors } from "./processing.ts";

const statements = attribute(list(string), {
  help: "OTTL; every path begins with its context, as in span.attributes.",
});
const statementsBlock = table({
  context: required(string),
  conditions: attribute(list(string)),
  statements: required(list(string)),
  error_mode: attribute(string),
});

const args = table({
  error_mode: attribute(string, { default: "ignore" }),
  statements: block(table({ trace: statements, metric: statements, log: statements })),
  trace_statements: blocks(statementsBlock),
  metric_statements: blocks(statementsBlock),
  log_statements: blocks(statementsBlock),
  output,
  debug_metrics: debugMetrics,
});

/** `otelcol.processor.transform`: changes telemetry by statements. */
export const transform = defineComponent({
  name: "otelcol.processor.transform",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build: processing(load),
});

function load({ statements: inferred, ...given }: DecodedBy<typeof args>, context: ComponentContext<unknown>) {
  const loaded = loadTransform(
    { ...given, ...(inferred && { statements: inferred }) },
    { host: ottlHost(context), onError: statementErrors(context) },
  );
  return { process: processOf(loaded), outlet: createOutlet(given.output, context) };
}
