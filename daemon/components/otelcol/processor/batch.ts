import { attribute, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { int } from "../../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import { otlpConsumer } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { createOutlet, output } from "../output.ts";

const args = table(
  {
    timeout: attribute(duration, { default: 200, says: "Exporters gather requests for 200 ms, whatever stands here." }),
    send_batch_size: attribute(int, { default: 2000, says: "Exporters gather up to 8192 items and 4 MiB." }),
    send_batch_max_size: attribute(int, { default: 3000 }),
    metadata_keys: attribute(list(string), { unsupported: "requests of all clients are sent together" }),
    metadata_cardinality_limit: attribute(int, { default: 1000 }),
    output,
    debug_metrics: debugMetrics,
  },
  {
    validate: ({ send_batch_size: size, send_batch_max_size: max }) =>
      max !== 0 && max < size
        ? "send_batch_max_size must be greater or equal to send_batch_size when not 0"
        : undefined,
  },
);

/**
 * `otelcol.processor.batch`: says that requests may be sent together. They are gathered where they become durable, in the
 * exporter's group commit, so that no client is answered from memory.
 */
export const batch = defineComponent({
  name: "otelcol.processor.batch",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build(given, context) {
    let outlet = createOutlet(given.output, context);
    return {
      exports: {
        input: {
          accept(request, abort) {
            context.metrics.observe(
              "otelcol_processor_batch_batch_send_size",
              { component_id: context.id },
              request.items,
            );
            return outlet.accept(request, abort);
          },
        },
      },
      update(next) {
        outlet = createOutlet(next.output, context);
      },
    };
  },
});
