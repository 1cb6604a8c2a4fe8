import { required, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { errorText } from "../../../../shared/error-text.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { fromOtlp } from "../../../../shared/loki/from-otlp.ts";
import { logsReceiver, type OtlpConsumer, otlpConsumer } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";

const args = table({ forward_to: required(list(logsReceiver)) });

const retryAfterMs = 5_000;

/** `otelcol.exporter.loki`: makes entries of OTLP log records. A client is answered when they are durable. */
export const lokiExporter = defineComponent({
  name: "otelcol.exporter.loki",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build(given, { id, clock, emit, metrics }) {
    let receiver = fanOut(given.forward_to);
    let isTold = false;
    const input: OtlpConsumer = {
      signals: ["logs"],
      async accept({ bytes }, abort) {
        const { entries, dropped } = fromOtlp(bytes, BigInt(Math.floor(clock.now())) * 1_000_000n);
        metrics.add("otelcol_exporter_loki_entries_total", { component_id: id }, entries.length + dropped);
        metrics.add("otelcol_exporter_loki_entries_processed", { component_id: id }, entries.length);
        if (dropped > 0) {
          metrics.add("otelcol_exporter_loki_entries_failed", { component_id: id }, dropped);
          metrics.add("loki_process_dropped_lines_total", { component_id: id, reason: "unknown_format" }, dropped);
          if (!isTold) emit("entries.dropped", { reason: "loki.format is not json, logfmt or raw" });
          isTold = true;
        }
        if (entries.length === 0) return { kind: "accepted" };
        return taken(receiver.consume(entries), abort);
      },
    };
    return {
      exports: { input },
      update(next) {
        receiver = fanOut(next.forward_to);
      },
    };
  },
});

/** Whoever stops waiting sends again. */
function taken(durable: Promise<void>, abort?: AbortSignal): ReturnType<OtlpConsumer["accept"]> {
  const unavailable = (reason: string) => ({ kind: "unavailable", reason, retryAfterMs }) as const;
  const settled = durable.then(
    () => ({ kind: "accepted" }) as const,
    (error: unknown) => unavailable(errorText(error)),
  );
  if (!abort) return settled;
  const aborted = new Promise<ReturnType<typeof unavailable>>((resolve) => {
    abort.addEventListener("abort", () => resolve(unavailable("not durable in time")), { once: true });
  });
  return Promise.race([settled, aborted]);
}
