import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sluice-peers");

const names = {
  collector: "otelcol-0.162.0",
  collectorStorage: "otelcol-storage-0.162.0",
  processors: "processors-chain-0.158.0",
  filelog: "filelog-0.165.1",
  vlagent: "vlagent-v1.52.1",
  telemetrygen: "telemetrygen-v0.161.0",
  promtool: "promtool-v0.305.0",
  prometheus: "prometheus-v0.313.0",
  nodeExporter: "node-exporter-v1.11.1",
  victoriaMetrics: "victoria-metrics-v1.151.0",
  vmagent: "vmagent-v1.151.0",
  victoriaLogs: "victoria-logs-v1.52.1",
  etcd: "etcd-v3.6.12",
  helm: "helm-v3.22.0",
  kubeApiserver: "kube-apiserver-v1.34.4",
} as const;

/** Paths of the programs that `bench/peers/install.sh` builds; undefined for those that are not there. */
export const peers = Object.fromEntries(Object.entries(names).map(([name, file]) => [name, found(file)])) as Readonly<
  Record<keyof typeof names, string | undefined>
>;

function found(name: string): string | undefined {
  const path = join(cache, name);
  return existsSync(path) ? path : undefined;
}

export interface CollectorConfig {
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Base URL of OTLP/HTTP, or `host:port` of OTLP/gRPC. */
  readonly to: { readonly http: string } | { readonly grpc: string };
  /** Where its sending queue is; in memory where it is absent. `fsync`: whether file_storage flushes each write. */
  readonly storage?: { readonly directory: string; readonly fsync: boolean };
}

/**
 * Writes the configuration of the deployment that the daemon replaces, with the Collector's defaults: OTLP in, batch,
 * OTLP out with gzip. Returns its path.
 */
export function collectorConfig({ grpcPort, httpPort, to, storage }: CollectorConfig): string {
  const queue = storage && { sending_queue: { storage: "file_storage" } };
  const exporter =
    "http" in to
      ? { otlp_http: { endpoint: to.http, ...queue } }
      : { otlp_grpc: { endpoint: to.grpc, compression: "gzip", tls: { insecure: true }, ...queue } };
  const pipeline = { receivers: ["otlp"], processors: ["batch"], exporters: Object.keys(exporter) };
  const config = {
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: `127.0.0.1:${grpcPort}`, max_recv_msg_size_mib: 64 },
          http: { endpoint: `127.0.0.1:${httpPort}` },
        },
      },
    },
    processors: { batch: {} },
    exporters: exporter,
    ...(storage && { extensions: { file_storage: storage } }),
    service: {
      ...(storage && { extensions: ["file_storage"] }),
      telemetry: { logs: { level: "error" }, metrics: { level: "none" } },
      pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
    },
  };
  const path = join(mkdtempSync(join(tmpdir(), "sluice-otelcol-")), "config.yaml");
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config));
  return path;
}
