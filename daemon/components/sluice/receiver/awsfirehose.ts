import { attribute, table } from "../../../../shared/alloy/arguments.ts";
import { secret, string } from "../../../../shared/alloy/text-types.ts";
import { refusedAsLogs } from "../../../../shared/aws-events/refused-as-logs.ts";
import { createTakeDelivery } from "../../../../shared/receivers/firehose/take-delivery.ts";
import { defineComponent } from "../../../controller/component.ts";
import { httpListenerFields } from "../../blocks/http-listener.ts";
import { createFirehoseListening } from "../../firehose-listening.ts";
import { createOutlet, output } from "../../otelcol/output.ts";

const shapes = ["gauges", "summaries"];

const args = table(
  {
    ...httpListenerFields,
    access_key: attribute(secret, { help: "What a stream must show; without it anybody may deliver." }),
    metrics_as: attribute(string, {
      default: "gauges",
      help: "Metric streams and embedded metrics: `gauges`, or `summaries` as CloudWatch has them (aws-sources.md).",
    }),
    output,
  },
  {
    validate: ({ metrics_as: shape }) =>
      shapes.includes(shape) ? undefined : `metrics_as must be gauges or summaries, not ${JSON.stringify(shape)}`,
  },
);

/**
 * `sluice.receiver.awsfirehose`: metric streams, CloudWatch Logs and lines that Amazon Data Firehose delivers, as OTLP. Alloy has none for
 * metrics. What cannot be used goes on as log records with the reason, where logs are wired.
 */
export const awsFirehoseReceiver = defineComponent({
  name: "sluice.receiver.awsfirehose",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let outlet = createOutlet(given.output, context);
    const { clock, emit } = context;
    const take = createTakeDelivery({
      accept: (request, abort) => outlet.accept(request, abort),
      emit,
      clock,
      toGauges: () => current.metrics_as === "gauges",
      async keepRefused(records, origin) {
        if (!outlet.wired.includes("logs")) return true;
        const ms = Math.floor(clock.now());
        for (const { bytes, items } of refusedAsLogs(records, { origin, ms })) {
          const acceptance = await outlet.accept({ format: "otlp/logs", items, bytes });
          if (acceptance.kind !== "accepted") return false;
        }
        return true;
      },
    });
    const listening = createFirehoseListening(given, context, {
      path: "/awsfirehose/api/v1/push",
      accessKey: () => current.access_key,
      take,
    });

    return {
      exports: {},
      run: listening.run,
      async update(next) {
        current = next;
        outlet = createOutlet(next.output, context);
        await listening.update(next);
      },
      debugInfo: () => ({ port: listening.port() }),
    };
  },
});
