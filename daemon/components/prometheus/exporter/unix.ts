import { list, target } from "../../../../shared/alloy/composite-types.ts";
import { createHost } from "../../../../shared/node/procfs/host.ts";
import { selectCollectors } from "../../../../shared/prometheus/unix/collectors.ts";
import { createGather } from "../../../../shared/prometheus/unix/gather.ts";
import { compileOptions } from "../../../../shared/prometheus/unix/settings.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { type ExporterExports, serveExporter } from "./exporter-targets.ts";
import { type UnixArguments, unixArguments, unixSettings } from "./unix-arguments.ts";

/** prometheus.exporter.unix: what node_exporter collects of a Linux host. */
export const unixExporter = defineComponent({
  name: "prometheus.exporter.unix",
  stability: "generally-available",
  arguments: unixArguments,
  exports: { targets: list(target) },
  build(given, context) {
    let gather = prepare(given, context);
    return {
      exports: serveExporter(context, "unix", () => gather()),
      update(next) {
        gather = prepare(next, context);
      },
    };
  },
});

function prepare(given: UnixArguments, context: ComponentContext<ExporterExports>): () => Promise<string> {
  const { selected, unknown } = selectCollectors({
    set: given.set_collectors,
    enable: given.enable_collectors,
    disable: given.disable_collectors,
  });
  const cpufreq = selected.some(({ name }) => name === "cpufreq");
  const compiled = compileOptions(unixSettings(given), cpufreq);
  if (compiled.kind === "rejected") throw new Error(compiled.message);
  for (const collector of unknown) context.emit("collector.unknown", { collector });
  return createGather({
    collectors: selected,
    options: compiled.options,
    host: createHost({
      procfs: given.procfs_path,
      sysfs: given.sysfs_path,
      rootfs: given.rootfs_path,
      udevData: given.udev_data_path,
    }),
    elapsedMs: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    onFailure({ collector, reason, unsupported }) {
      context.emit(unsupported ? "collector.unsupported" : "collector.failed", { collector, message: reason });
    },
  });
}
