import { join } from "node:path";
import { createDestinationAccess } from "../../shared/aws/destination-access.ts";
import { createBudget } from "../../shared/commit/budget.ts";
import type { Storage } from "../../shared/node/disk-queue/storage.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import type { Metrics } from "../../shared/telemetry/metrics/metrics.ts";
import type { MetricSeries } from "../../shared/telemetry/prometheus.ts";
import { createLineMetrics, lineMetricsService } from "../components/loki/line-metrics.ts";
import { type Cluster, clusterService } from "../controller/cluster.ts";
import type { ServiceKey } from "../controller/component.ts";
import { createOpenEgress } from "../egress/open-egress.ts";
import { type OwnStorage, openDaemonStorage, openMemoryStorage } from "../egress/open-storage.ts";
import { measureStorage } from "../egress/storage-metrics.ts";
import { createServerHost, serverHostService } from "../ingress/server-host.ts";

export interface ServicesOptions {
  /** Empty: queues are in memory. */
  readonly storagePath: string;
  readonly emit: Emit;
  readonly cluster: Cluster;
  /** Bytes that receivers may hold together. */
  readonly inFlightBytes: number;
  /** Bytes of all queues on the disk together. */
  readonly maxStorageBytes: number;
  /** How long a message of a queue is kept. */
  readonly maxStorageAgeMs: number;
}

/** What the components of a process share: queues on the disk, connections and credentials, memory for requests. */
export interface Services {
  get<T>(key: ServiceKey<T>): T;
  /** The queues that are in the storage path, once they are open. */
  readonly own: OwnStorage;
  /** Opens the queues. Throws a sentence for a person. */
  open(): Promise<void>;
  /** Sets the gauges of what they hold. */
  measure(metrics: Pick<Metrics, "set">): void;
  /** The metrics that stages make of lines. */
  lineMetrics(): readonly MetricSeries[];
  close(): Promise<void>;
}

const maxSockets = 24;

/** The services that components of a pipeline may ask for. */
export function createServices(options: ServicesOptions): Services {
  const { storagePath, emit, inFlightBytes, maxStorageBytes: maxBytes, maxStorageAgeMs: maxAgeMs } = options;
  const access = createDestinationAccess({ clock, maxSockets, env: process.env });
  const lineMetrics = createLineMetrics(clock.now);
  let storage: Storage | undefined;
  const opened = (): Storage => {
    if (!storage) throw new Error("the queues are not open");
    return storage;
  };
  // Components that are only checked get it as well: nothing is opened until one of them runs.
  const late: Storage = {
    queue: (name) => opened().queue(name),
    names: () => opened().names(),
    upkeep: () => opened().upkeep(),
    facts: () => opened().facts(),
    close: async () => {},
  };
  const { transport, authorize } = access;
  const known: Readonly<Record<string, unknown>> = {
    storage: late,
    transport,
    authorize,
    egress: createOpenEgress({ storage: late, transport, authorize, clock, random: Math.random }),
    budget: createBudget(inFlightBytes),
    [lineMetricsService.name]: lineMetrics,
    [clusterService.name]: options.cluster,
    [serverHostService.name]: createServerHost(),
  };

  const path = join(storagePath, "queues");

  return {
    own: { storage: late, ...(storagePath !== "" && { path }) },
    get(key) {
      if (!Object.hasOwn(known, key.name)) throw new Error(`there is no service ${key.name}`);
      return known[key.name] as never;
    },
    async open() {
      const how = { maxBytes, maxAgeMs, emit, setting: "--storage.path" };
      storage = storagePath === "" ? await openMemoryStorage(how) : await openDaemonStorage({ ...how, path });
    },
    measure(metrics) {
      if (storage) measureStorage(storage, metrics, clock.now());
    },
    lineMetrics: lineMetrics.series,
    async close() {
      await storage?.close();
      access.close();
    },
  };
}
