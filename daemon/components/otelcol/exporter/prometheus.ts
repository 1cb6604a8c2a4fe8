import { type ArgumentsOf, attribute, required, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { duration } from "../../../../shared/alloy/text-types.ts";
import { fanOutSamples } from "../../../../shared/prometheus/fan-out.ts";
import { createFromOtlp, type FromOtlp, type OtlpDropReason } from "../../../../shared/prometheus/otlp/from-otlp.ts";
import { readOtlpMetrics } from "../../../../shared/prometheus/otlp/read-otlp-metrics.ts";
import { type OtlpConsumer, otlpConsumer, sampleReceiver } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";

const experimental = "It is experimental in Grafana Alloy.";
const retryAfterMs = 5_000;

const fields = {
  forward_to: required(list(sampleReceiver), { help: "Where samples go." }),
  include_target_info: attribute(bool, { default: true, help: "Whether each resource becomes a series target_info." }),
  include_scope_info: attribute(bool, { help: "Whether each scope becomes a series otel_scope_info." }),
  include_scope_labels: attribute(bool, { default: true, help: "Whether series have the scope's name and version." }),
  add_metric_suffixes: attribute(bool, { default: true, help: "Whether names end with their unit and type." }),
  resource_to_telemetry_conversion: attribute(bool, { help: "Whether every series has the resource's attributes." }),
  keep_identifying_resource_attributes: attribute(bool, { help: "Whether target_info has service.name and the like." }),
  gc_frequency: attribute(duration, { default: 300_000, help: "After how long an unseen series is forgotten." }),
  convert_classic_histograms_to_nhcb: attribute(bool, { help: "Whether histograms become native ones." }),
  honor_metadata: attribute(bool, { unsupported: experimental }),
  start_timestamp_zero_ingestion: attribute(bool, { unsupported: experimental }),
} as const;

type Args = ArgumentsOf<typeof fields>;

/** Turns OTLP metrics into samples. */
export const prometheus = defineComponent({
  name: "otelcol.exporter.prometheus",
  stability: "generally-available",
  arguments: table(fields, {
    validate: (args) => (args.gc_frequency > 0 ? undefined : "gc_frequency must be greater than 0"),
  }),
  exports: { input: otlpConsumer },
  build(args, context: ComponentContext<{ readonly input: OtlpConsumer }>) {
    const { clock, metrics, emit } = context;
    const told = new Set<OtlpDropReason>();
    let current = setUp(args);

    function setUp(given: Args): {
      readonly args: Args;
      readonly converter: FromOtlp;
    } {
      const converter = createFromOtlp({
        targetInfo: given.include_target_info,
        scopeInfo: given.include_scope_info,
        scopeLabels: given.include_scope_labels,
        suffixes: given.add_metric_suffixes,
        resourceLabels: given.resource_to_telemetry_conversion,
        keepIdentifying: given.keep_identifying_resource_attributes,
        classicToCustomBuckets: given.convert_classic_histograms_to_nhcb,
        dropped,
      });
      return { args: given, converter };
    }

    function dropped(reason: OtlpDropReason, points: number, metric: string): void {
      metrics.add("otelcol_exporter_prometheus_dropped_points_total", { component_id: context.id, reason }, points);
      if (!told.has(reason)) {
        told.add(reason);
        emit("samples.dropped", { reason, samples: points, example: metric.slice(0, 300) });
      }
    }

    const input: OtlpConsumer = {
      async accept(request) {
        if (request.format !== "otlp/metrics") {
          const message = "otelcol.exporter.prometheus takes metrics only";
          return { kind: "accepted", rejected: { items: request.items, message } };
        }
        const batch = current.converter.convert(readOtlpMetrics(request.bytes), Math.floor(clock.now()));
        try {
          await fanOutSamples(current.args.forward_to).consume(batch);
        } catch (error) {
          return { kind: "unavailable", reason: String(error), retryAfterMs: retryAfterMs };
        }
        return { kind: "accepted" };
      },
    };

    return {
      exports: { input },
      async run(abort) {
        while (!abort.aborted) {
          await clock.sleep(current.args.gc_frequency, abort);
          current.converter.sweep();
        }
      },
      update(next) {
        current = setUp(next);
      },
    };
  },
});
