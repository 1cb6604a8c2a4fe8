import { attribute, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { int } from "../../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import { type GatherLimits, otlpConsumer } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { untilAborted } from "../../until-aborted.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { createOutlet, output } from "../output.ts";

const args = table(
  {
    timeout: attribute(duration, {
      default: 200,
      help: "Longest that a request waits for others while exports are under way; when none is, it goes at once.",
    }),
    send_batch_size: attribute(int, { default: 2000, help: "Items with which a group goes without waiting." }),
    send_batch_max_size: attribute(int, { default: 3000, help: "Most items of one export; 0 for no limit." }),
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
 * `otelcol.processor.batch`: how requests are sent together. They are gathered where they become durable, in the group commit
 * of the exporters behind it, so that no client is answered from memory, and each learns what became of its own.
 */
export const batch = defineComponent({
  name: "otelcol.processor.batch",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build(given, context) {
    let outlet = createOutlet(given.output, context);
    let current = given;
    return {
      exports: {
        input: {
          accept(request, abort) {
            const labels = { component_id: context.id };
            context.metrics.observe("otelcol_processor_batch_batch_send_size", labels, request.items);
            return outlet.accept(request, abort);
          },
        },
      },
      async run(abort) {
        outlet.gather(limitsOf(current));
        await untilAborted(abort);
      },
      update(next) {
        outlet = createOutlet(next.output, context);
        current = next;
        outlet.gather(limitsOf(current));
      },
    };
  },
});

function limitsOf({ timeout: delayMs, ...given }: DecodedBy<typeof args>): GatherLimits {
  const { send_batch_size: items, send_batch_max_size: maxItems } = given;
  return { items: Math.max(1, items), delayMs, ...(maxItems > 0 && { maxItems }) };
}
