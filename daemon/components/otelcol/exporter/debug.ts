import { attribute, table } from "../../../../shared/alloy/arguments.ts";
import { bool, int } from "../../../../shared/alloy/plain-types.ts";
import { oneOf } from "../../../../shared/alloy/text-types.ts";
import { formats } from "../../../../shared/batch/formats.ts";
import { toJson } from "../../../../shared/wire/to-json.ts";
import { otlpConsumer } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { debugMetrics } from "../debug-metrics.ts";

const args = table({
  verbosity: attribute(oneOf(["basic", "normal", "detailed"]), { default: "basic" }),
  sampling_initial: attribute(int, { default: 2, help: "Requests a second that are shown in any case." }),
  sampling_thereafter: attribute(int, { default: 1, help: "Of the others every n-th is shown." }),
  use_internal_logger: attribute(bool, { default: true }),
  debug_metrics: debugMetrics,
});

const maxShown = { normal: 2000, detailed: 20_000 };

/** `otelcol.exporter.debug`: shows requests in the log of the process, and keeps nothing. */
export const debug = defineComponent({
  name: "otelcol.exporter.debug",
  stability: "experimental",
  arguments: args,
  exports: { input: otlpConsumer },
  build(given, { clock, emit }) {
    let current = given;
    let second = 0;
    let inSecond = 0;

    function isShown(): boolean {
      const now = Math.floor(clock.now() / 1000);
      if (now !== second) inSecond = 0;
      second = now;
      inSecond++;
      const { sampling_initial: initial, sampling_thereafter: thereafter } = current;
      return inSecond <= initial || (thereafter > 0 && (inSecond - initial) % thereafter === 0);
    }

    return {
      exports: {
        input: {
          async accept({ format, items, bytes }) {
            const { verbosity } = current;
            const { signal, message } = formats[format];
            if (!isShown()) return { kind: "accepted" };
            const content =
              verbosity === "normal" || verbosity === "detailed"
                ? JSON.stringify(toJson(bytes, message)).slice(0, maxShown[verbosity])
                : "";
            emit("request.shown", { signal, items, content });
            return { kind: "accepted" };
          },
        },
      },
      update(next) {
        current = next;
      },
    };
  },
});
