import { attribute, requiredBlock, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { createToOtlp } from "../../../../shared/prometheus/otlp/to-otlp.ts";
import type { SampleReceiver } from "../../../../shared/prometheus/sample.ts";
import { type OtlpConsumer, otlpConsumer, sampleReceiver } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";

const args = table({
  output: requiredBlock(
    table({
      metrics: attribute(list(otlpConsumer), { help: "Where metrics go." }),
      logs: attribute(list(otlpConsumer), { help: "Never used." }),
      traces: attribute(list(otlpConsumer), { help: "Never used." }),
    }),
  ),
});

/** Turns samples into OTLP metrics. */
export const prometheus = defineComponent({
  name: "otelcol.receiver.prometheus",
  stability: "generally-available",
  arguments: args,
  exports: { receiver: sampleReceiver },
  build(given, context: ComponentContext<{ readonly receiver: SampleReceiver }>) {
    const { clock, metrics, emit } = context;
    const component = { component_id: context.id };
    const stop = new AbortController();
    const converter = createToOtlp();
    let consumers = given.output.metrics;
    let hasTold = false;

    const receiver: SampleReceiver = {
      async consume(batch) {
        const { bytes, points, dropped } = converter.convert(batch);
        if (dropped > 0) {
          metrics.add("otelcol_receiver_prometheus_dropped_samples_total", component, dropped);
          if (!hasTold) {
            hasTold = true;
            emit("samples.dropped", { reason: "no_form_in_otlp", samples: dropped, example: "" });
          }
        }
        if (points > 0) {
          await Promise.all(consumers.map((consumer) => deliver(consumer, bytes, points)));
        }
      },
    };

    /** Samples have nobody who would send them again: they wait until they are taken. */
    async function deliver(consumer: OtlpConsumer, bytes: Uint8Array, items: number): Promise<void> {
      for (;;) {
        const answer = await consumer.accept({ format: "otlp/metrics", items, bytes }, stop.signal);
        if (answer.kind === "accepted") {
          return;
        }
        if (stop.signal.aborted) {
          throw new Error(`stopped before samples were durable: ${answer.reason}`);
        }
        await clock.sleep(answer.retryAfterMs, stop.signal);
      }
    }

    return {
      exports: { receiver },
      async run(abort) {
        await new Promise<void>((resolve) => {
          abort.addEventListener("abort", () => resolve(), { once: true });
          if (abort.aborted) {
            resolve();
          }
        });
        stop.abort();
      },
      update(next) {
        consumers = next.output.metrics;
      },
    };
  },
});
