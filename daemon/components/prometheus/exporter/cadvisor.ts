import { readFileSync } from "node:fs";
import { attribute, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { list, target } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import type { JsonObject } from "../../../../shared/discovery/json.ts";
import { listContainerdContainers } from "../../../../shared/node/containerd/list-containers.ts";
import { createDockerClient, type DockerClient } from "../../../../shared/node/docker/docker-client.ts";
import { openCgroups } from "../../../../shared/node/procfs/cgroups.ts";
import { createContainerGather } from "../../../../shared/prometheus/cadvisor/gather.ts";
import { isMetricKind, metricKinds, selectKinds } from "../../../../shared/prometheus/cadvisor/metric-kinds.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { type ExporterExports, serveExporter } from "./exporter-targets.ts";

const args = table({
  store_container_labels: attribute(bool, { default: true }),
  allowlisted_container_labels: attribute(list(string)),
  env_metadata_allowlist: attribute(list(string), {
    unsupported: "the environment of containers is not read",
  }),
  raw_cgroup_prefix_allowlist: attribute(list(string)),
  perf_events_config: attribute(string, { unsupported: "performance counters need native code" }),
  resctrl_interval: attribute(duration, { unsupported: "resctrl is not read" }),
  disabled_metrics: attribute(list(string)),
  enabled_metrics: attribute(list(string)),
  storage_duration: attribute(duration, { default: 120_000, help: "Nothing is stored: each scrape reads again." }),
  containerd_host: attribute(string, { default: "/run/containerd/containerd.sock" }),
  containerd_namespace: attribute(string, { default: "k8s.io" }),
  docker_host: attribute(string, { default: "unix:///var/run/docker.sock" }),
  use_docker_tls: attribute(bool),
  docker_tls_cert: attribute(string, { default: "cert.pem" }),
  docker_tls_key: attribute(string, { default: "key.pem" }),
  docker_tls_ca: attribute(string, { default: "ca.pem" }),
  docker_only: attribute(bool),
  disable_root_cgroup_stats: attribute(bool),
});

type Arguments = DecodedBy<typeof args>;
type Context = ComponentContext<ExporterExports>;

/** prometheus.exporter.cadvisor: what containers and other cgroups use. */
export const cadvisorExporter = defineComponent({
  name: "prometheus.exporter.cadvisor",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build(given, context) {
    let current = prepare(given, context);
    return {
      exports: serveExporter(context, "cadvisor", () => current.gather()),
      update(next) {
        const replaced = current;
        current = prepare(next, context);
        replaced.close();
      },
      async run(abort) {
        if (!abort.aborted) await new Promise((resolve) => abort.addEventListener("abort", resolve, { once: true }));
        current.close();
      },
    };
  },
});

function prepare(given: Arguments, context: Context): { gather: () => Promise<string>; close(): void } {
  const kinds = selectKinds(given.enabled_metrics, given.disabled_metrics);
  tellKinds(given, context);
  const docker = createDockerClient({ url: given.docker_host, ...(given.use_docker_tls && { tls: tlsOf(given) }) });
  const { cgroups, proc, filesystems } = openCgroups();
  const runtimes = containersOf(given, docker, context);
  const gather = createContainerGather({
    cgroups,
    proc,
    kinds,
    labels: { store: given.store_container_labels, allowed: given.allowlisted_container_labels },
    dockerOnly: given.docker_only,
    withoutRoot: given.disable_root_cgroup_stats,
    prefixes: given.raw_cgroup_prefix_allowlist.filter((prefix) => prefix !== ""),
    containers: runtimes,
    filesystems,
    nowSeconds: () => context.clock.now() / 1000,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  return { gather, close: () => docker.close() };
}

/**
 * The containers of Docker and of containerd. Hosts have one of them: only when neither answers is something wrong, and then the
 * cgroups are exported all the same, under their paths.
 */
function containersOf(given: Arguments, docker: DockerClient, context: Context) {
  const containerd = { socket: given.containerd_host, namespace: given.containerd_namespace };
  let lastError = "";
  return async (): Promise<readonly JsonObject[] | undefined> => {
    const answers = await Promise.all([
      docker.containers(),
      given.docker_only ? undefined : listContainerdContainers(containerd),
    ]);
    const found = answers.flatMap((answer) => (answer?.kind === "ok" ? [answer.value] : []));
    const [failure] = answers.flatMap((answer) => (answer?.kind === "failed" ? [answer.message] : []));
    const message = found.length === 0 ? (failure ?? "") : "";
    if (message !== "" && message !== lastError) context.emit("collector.failed", { collector: "docker", message });
    lastError = message;
    // Where both know a container, Docker knows its name: it comes last and wins.
    return found.length === 0 ? undefined : found.reverse().flat();
  };
}

function tellKinds(given: Arguments, context: Context): void {
  for (const kind of [...given.enabled_metrics, ...given.disabled_metrics]) {
    if (!isMetricKind(kind)) context.emit("collector.unknown", { collector: kind });
  }
  for (const kind of given.enabled_metrics) {
    if (!isMetricKind(kind) || metricKinds[kind].built) continue;
    context.emit("collector.unsupported", { collector: kind, message: "these metrics are not built in" });
  }
}

function tlsOf({ docker_tls_ca: ca, docker_tls_cert: cert, docker_tls_key: key }: Arguments) {
  return { ca: readFileSync(ca, "utf8"), cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}
