import { readFileSync } from "node:fs";
import { startDaemonProcess } from "../../test/support/daemon/daemon.ts";
import type { CollectorConfig } from "../peers/find-peers.ts";
import { runCollector } from "../peers/run-collector.ts";

/** A program under measurement. */
export interface Subject {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** As in infra/daemon/Dockerfile. */
const imageEnvironment = { NODE_ENV: "production", NODE_OPTIONS: "--max-semi-space-size=1", MALLOC_ARENA_MAX: "2" };

/** Starts the daemon from its bundle, as the container does; with a storage path, everything goes through the disk queue. */
export async function startSluice(bundle: string, destination: string, storagePath?: string): Promise<Subject> {
  const env = {
    GRAFANA_CLOUD_OTLP_ENDPOINT: destination,
    GRAFANA_CLOUD_INSTANCE_ID: "1",
    GRAFANA_CLOUD_API_KEY: "x",
    ...(storagePath !== undefined && { SLUICE_DURABLE_IN: "queue", SLUICE_STORAGE_PATH: storagePath }),
    ...imageEnvironment,
  };
  const { grpcPort, httpPort, child, end } = await startDaemonProcess({ env, file: bundle });
  return { grpcPort, httpPort, pid: child.pid ?? 0, stop: async () => void (await end("SIGKILL")) };
}

/** Starts the Collector with the same pipeline, and with its sending queue in `storage`; undefined where it is not installed. */
export async function startCollector(
  destination: string,
  storage?: CollectorConfig["storage"],
): Promise<Subject | undefined> {
  const running = await runCollector({ http: destination }, storage);
  return running && { ...running, stop: () => running.end("SIGKILL") };
}

/** Seconds of processor time that a process and its threads have used. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) / 100;
}

/** Resident memory in MiB. */
export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}
