import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { startDaemonProcess } from "../../test/support/daemon.ts";
import { collectorConfig, peers } from "../peers/find-peers.ts";

/** A program under measurement. */
export interface Subject {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** As in infra/daemon/Dockerfile. */
const imageEnvironment = { NODE_ENV: "production", NODE_OPTIONS: "--max-semi-space-size=1", MALLOC_ARENA_MAX: "2" };

/** Starts the daemon from its bundle, as the container does. */
export async function startSluice(bundle: string, destination: string): Promise<Subject> {
  const env = {
    GRAFANA_CLOUD_OTLP_ENDPOINT: destination,
    GRAFANA_CLOUD_INSTANCE_ID: "1",
    GRAFANA_CLOUD_API_KEY: "x",
    ...imageEnvironment,
  };
  const { grpcPort, httpPort, child, end } = await startDaemonProcess({ env, file: bundle });
  return { grpcPort, httpPort, pid: child.pid ?? 0, stop: async () => void (await end("SIGKILL")) };
}

/** Starts the Collector with the same pipeline; undefined where it is not installed. */
export async function startCollector(destination: string): Promise<Subject | undefined> {
  if (!peers.collector) return undefined;
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const config = collectorConfig({ grpcPort, httpPort, to: { http: destination } });
  const child: ChildProcess = spawn(peers.collector, ["--config", config], { stdio: ["ignore", "ignore", "inherit"] });
  await listening(grpcPort);
  return {
    grpcPort,
    httpPort,
    pid: child.pid ?? 0,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise((resolve) =>
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false)),
    );
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing listens on port ${port}`);
}
