import { table } from "../../../../shared/alloy/arguments.ts";
import { list, target } from "../../../../shared/alloy/composite-types.ts";
import { toPrometheus } from "../../../../shared/telemetry/prometheus.ts";
import { defineComponent } from "../../../controller/component.ts";
import { serveExporter } from "./exporter-targets.ts";

/** Exports the metrics of this process. */
export const selfExporter = defineComponent({
  name: "prometheus.exporter.self",
  stability: "generally-available",
  arguments: table({}),
  exports: { targets: list(target) },
  build(_args, context) {
    const { metrics } = context;
    const exports = serveExporter(context, "self", async () => {
      const { user, system } = process.cpuUsage();
      metrics.set("process_resident_memory_bytes", {}, process.memoryUsage.rss());
      metrics.set("process_cpu_seconds_total", {}, (user + system) / 1e6);
      return toPrometheus(metrics.snapshot());
    });
    return { exports, update: () => {} };
  },
});
