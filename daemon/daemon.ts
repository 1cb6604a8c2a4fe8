import { hostname } from "node:os";
import { createBudget } from "../shared/commit/budget.ts";
import type { ConfigStore } from "../shared/config/config-store.ts";
import { grafanaCloudName } from "../shared/config/destinations.ts";
import { createHealth } from "../shared/grpc/health.ts";
import { createProcessMetrics } from "../shared/node/process-metrics.ts";
import type { ProcessTelemetry } from "../shared/node/process-telemetry.ts";
import { systemClock as clock } from "../shared/node/system-clock.ts";
import { otlpServices } from "../shared/otlp/signals.ts";
import type { Remembered } from "../shared/overview/recent.ts";
import { createSenderLimits } from "../shared/senders/sender-limits.ts";
import { signalNames } from "../shared/signal.ts";
import type { Snapshot } from "../shared/telemetry/metrics/metrics.ts";
import { openFurtherDestinations } from "./egress/further-destinations.ts";
import type { OwnStorage } from "./egress/open-storage.ts";
import { createPipeline } from "./egress/pipeline.ts";
import { openQueues } from "./egress/queues.ts";
import { measureStorage } from "./egress/storage-metrics.ts";
import { readTls } from "./ingress/tls-files.ts";
import { runSettingsGraph } from "./settings/run-settings-graph.ts";
import { settingsGraph } from "./settings/settings-graph.ts";
import { createSettingsReload, type Reloaded } from "./settings/settings-reload.ts";

/** A daemon that serves, in this process or in its workers. */
export interface Daemon {
  /** `host:port` of OTLP/gRPC and OTLP/HTTP. */
  readonly addresses: { readonly grpc: string; readonly http: string };
  /** Why requests are not served with success now; undefined when they are. */
  notReady(): string | undefined;
  /** Why this program cannot do its work, whatever the state of others; undefined when it can. */
  unhealthy(): string | undefined;
  /** Reads the settings and certificates again; bad ones change nothing. */
  reload(): Promise<Reloaded>;
  snapshot(): Promise<Snapshot>;
  /** Present where this process has a storage path. */
  readonly own?: OwnStorage;
  /** What it remembers of its log. */
  remembered(): Promise<Remembered>;
  /** Stops taking requests and makes what was taken durable. */
  stop(): Promise<void>;
}

export interface DaemonOptions {
  readonly store: ConfigStore;
  readonly telemetry: ProcessTelemetry;
  readonly version: string;
  /** Bytes of requests that this process may hold. */
  readonly inFlightBytes: number;
}

/** Of the time to stop: what exports under way may use before they are spilled, and what spilling may use. */
const spillAfterShare = 0.4;
const cutShare = 0.9;
/** A request may take this share of the memory for requests: more would never find room. */
const largestShare = 0.5;

/** Starts the daemon in this process: the ways to the destinations, then the graph in front of them. Throws a sentence for a person where that cannot be. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { store, telemetry, version, inFlightBytes } = options;
  const { emit, metrics, recent } = telemetry;
  const config = store.current();
  const background = new AbortController();
  const budget = createBudget(inFlightBytes);
  const health = createHealth(otlpServices);
  const maxRequestBytes = Math.min(config.maxRequestBytes, Math.floor(inFlightBytes * largestShare));
  let stopping = false;
  const onAvailability = (problem: string | undefined) => health.set(problem === undefined && !stopping);
  const queues = await openQueues(config, emit);
  const pipeline = createPipeline({ store, emit, queues, onAvailability });
  const measureProcess = createProcessMetrics(metrics, { version });
  const tls = readTls(config);
  const further = await openFurtherDestinations(store, queues, emit);
  const targets = new Map([[grafanaCloudName, { accept: pipeline.accept, signals: signalNames }], ...further.targets]);
  const resource = {
    "service.name": "sluice",
    "service.version": version,
    "service.instance.id": `${hostname()}:${process.pid}`,
  };
  const graph = await runSettingsGraph({
    graph: settingsGraph(config, maxRequestBytes),
    emit,
    metrics,
    budget,
    health,
    fromSettings: {
      senderTokens: store.senders,
      targets,
      self: { snapshot, intervalMs: () => store.current().selfTelemetryInterval, resource },
    },
    senderLimits: createSenderLimits({
      clock,
      // Workers share the ports, and about equally what comes in.
      dividedBy: config.limitsDividedBy * config.workers,
      memory: { maxBytes: inFlightBytes, senders: () => [...new Set(store.senders().map(({ sender }) => sender))] },
    }),
    closeMs: config.stopTimeout * cutShare,
  });
  const { grpc, http } = graph;
  const settings = createSettingsReload({ store, config, telemetry, tls, servers: [grpc.server, http.server] });
  void settings.run(background.signal);

  return {
    addresses: { grpc: grpc.address, http: http.address },
    notReady: () => (stopping ? "stopping" : pipeline.problem()),
    unhealthy: pipeline.stuck,
    reload: settings.reload,
    snapshot,
    ...(queues.own && config.storagePath !== undefined && { own: { ...queues.own, path: config.storagePath } }),
    remembered: async () => ({ lines: recent.lines(), destinations: recent.destinations() }),
    async stop() {
      stopping = true;
      health.set(false);
      background.abort();
      const timeoutMs = config.stopTimeout;
      // The servers finish what clients have begun to send; what is gathered need not wait for company any more.
      const received = graph.controller.stop();
      const others = further.close(timeoutMs * spillAfterShare, received);
      const drained = pipeline.drain(
        timeoutMs * spillAfterShare,
        received.then(() => others),
      );
      // What neither destination nor queue takes by then has not been acknowledged: its clients send it again.
      await Promise.race([drained, clock.sleep(timeoutMs)]);
    },
  };

  async function snapshot(): Promise<Snapshot> {
    measureProcess();
    if (queues.own) measureStorage(queues.own.storage, metrics, clock.now());
    metrics.set("sluice_in_flight_bytes", {}, budget.used());
    metrics.set("sluice_in_flight_requests", {}, grpc.server.requests() + http.server.requests());
    return metrics.snapshot();
  }
}
