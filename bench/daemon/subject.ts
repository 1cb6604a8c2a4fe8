import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { startDaemonProcess } from "../../test/support/daemon/daemon.ts";
import { type CollectorConfig, peers } from "../peers/find-peers.ts";
import { runCollector } from "../peers/run-collector.ts";
import { type Subject, startProgram } from "./program.ts";

/** What is started: the destination's base URL of OTLP/HTTP, and the daemon's bundle. */
export interface World {
  readonly destination: string;
  readonly bundle: string;
  /** The bundle of another commit, to be measured in turn. */
  readonly before?: string;
  /** A directory on a real disk, for what has a queue there. */
  readonly disk?: string;
}

interface Kind {
  /** Undefined where it is not installed; `absent` says how it would be. */
  start(world: World): Promise<Subject | undefined>;
  /** Name and version as it says them itself; undefined where it is not installed. */
  version(): string | undefined;
  readonly absent: string;
}

export type SubjectName =
  | "sluice"
  | "before"
  | "collector"
  | "rotel"
  | "alloy"
  | "disk"
  | "disk-before"
  | "file"
  | "fsync";

const rotel = process.env.SLUICE_BENCH_ROTEL;
const alloy = process.env.SLUICE_BENCH_ALLOY;
const collector = {
  version: () => versionOf(peers.collector, "--version"),
  absent: "bench/peers/install.sh builds it",
};
const sluice = { version: () => `sluice ${manifest.version}, Node ${process.version}`, absent: "" };

/** The same pipeline in each: OTLP in, batches, OTLP/HTTP out with gzip, everything else as it comes. */
export const subjects: Readonly<Record<SubjectName, Kind>> = {
  sluice: { ...sluice, start: ({ bundle, destination }) => startSluice(bundle, destination) },
  before: {
    ...sluice,
    start: async ({ before, destination }) => (before === undefined ? undefined : startSluice(before, destination)),
  },
  collector: { ...collector, start: ({ destination }) => startCollector(destination) },
  rotel: {
    version: () => versionOf(rotel, "--version"),
    absent: "SLUICE_BENCH_ROTEL is its path",
    start: async ({ destination }) =>
      rotel === undefined ? undefined : startProgram(rotel, (ports) => rotelArguments(ports, destination)),
  },
  alloy: {
    version: () => versionOf(alloy, "--version"),
    absent: "SLUICE_BENCH_ALLOY is its path",
    start: async ({ destination }) =>
      alloy === undefined ? undefined : startProgram(alloy, (ports) => alloyArguments(ports, destination)),
  },
  disk: {
    ...sluice,
    start: (world) => onDisk(world, (storagePath) => startSluice(world.bundle, world.destination, { storagePath })),
  },
  "disk-before": {
    ...sluice,
    start: async ({ before, ...world }) =>
      before === undefined
        ? undefined
        : onDisk(world, (storagePath) => startSluice(before, world.destination, { storagePath })),
  },
  file: {
    ...collector,
    start: (world) => onDisk(world, (directory) => startCollector(world.destination, { directory, fsync: false })),
  },
  fsync: {
    ...collector,
    start: (world) => onDisk(world, (directory) => startCollector(world.destination, { directory, fsync: true })),
  },
};

/** As in infra/daemon/Dockerfile. */
const imageEnvironment = { NODE_ENV: "production", NODE_OPTIONS: "--max-semi-space-size=1", MALLOC_ARENA_MAX: "2" };
const imageFlags = ["--no-concurrent-recompilation"];

interface SluiceOptions {
  readonly storagePath?: string;
  readonly workers?: number;
  readonly nodeOptions?: readonly string[];
}

/** Starts the daemon from its bundle, as the container does; with a storage path, everything goes through the disk queue. */
export async function startSluice(
  bundle: string,
  destination: string,
  { storagePath, workers = 1, nodeOptions = [] }: SluiceOptions = {},
): Promise<Subject> {
  const env = {
    GRAFANA_CLOUD_OTLP_ENDPOINT: destination,
    GRAFANA_CLOUD_INSTANCE_ID: "1",
    GRAFANA_CLOUD_API_KEY: "x",
    SLUICE_WORKERS: String(workers),
    ...(storagePath !== undefined && { SLUICE_DURABLE_IN: "queue", SLUICE_STORAGE_PATH: storagePath }),
    ...imageEnvironment,
  };
  const { grpcPort, httpPort, child, end } = await startDaemonProcess({
    env,
    file: bundle,
    nodeOptions: [...imageFlags, ...nodeOptions],
  });
  return { grpcPort, httpPort, pid: child.pid ?? 0, stop: async () => void (await end("SIGKILL")) };
}

async function startCollector(destination: string, storage?: CollectorConfig["storage"]): Promise<Subject | undefined> {
  const running = await runCollector({ http: destination }, storage);
  return running && { ...running, stop: () => running.end("SIGKILL") };
}

interface Ports {
  readonly grpcPort: number;
  readonly httpPort: number;
}

function rotelArguments({ grpcPort, httpPort }: Ports, destination: string): readonly string[] {
  const receiver = ["--otlp-grpc-endpoint", `127.0.0.1:${grpcPort}`, "--otlp-http-endpoint", `127.0.0.1:${httpPort}`];
  const large = ["--otlp-grpc-max-recv-msg-size-mib", "64"];
  return ["start", ...receiver, ...large, "--otlp-exporter-endpoint", destination, "--otlp-exporter-protocol", "http"];
}

function alloyArguments({ grpcPort, httpPort }: Ports, destination: string): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), "sluice-bench-alloy-"));
  const config = join(directory, "config.alloy");
  writeFileSync(
    config,
    `otelcol.receiver.otlp "in" {
  grpc {
    endpoint = "127.0.0.1:${grpcPort}"
    max_recv_msg_size = "64MiB"
  }
  http { endpoint = "127.0.0.1:${httpPort}" }
  output { traces = [otelcol.processor.batch.all.input] }
}
otelcol.processor.batch "all" { output { traces = [otelcol.exporter.otlphttp.out.input] } }
otelcol.exporter.otlphttp "out" { client { endpoint = "${destination}" } }
`,
  );
  const server = ["--server.http.listen-addr=127.0.0.1:0", `--storage.path=${directory}`, "--disable-reporting"];
  return ["run", ...server, config];
}

/** Starts what has a directory on the disk, which goes with it. */
async function onDisk<Started extends Subject | undefined>(
  { disk = tmpdir() }: Pick<World, "disk">,
  start: (directory: string) => Promise<Started>,
): Promise<Started> {
  const directory = mkdtempSync(join(disk, "sluice-bench-disk-"));
  const started = await start(directory);
  const remove = () => rmSync(directory, { recursive: true, force: true });
  if (!started) remove();
  return (
    started && {
      ...started,
      async stop() {
        await started.stop();
        remove();
      },
    }
  );
}

function versionOf(program: string | undefined, flag: string): string | undefined {
  if (program === undefined) return undefined;
  try {
    return execFileSync(program, [flag], { encoding: "utf8" }).split("\n")[0]?.trim();
  } catch {
    return "of unknown version";
  }
}

/**
 * Seconds of processor time that a process, its threads and the processes that it started have used: from the scheduler, to the
 * nanosecond, because a tick of /proc/PID/stat is more than an idle program uses in a row.
 */
export function cpuSeconds(pid: number): number {
  return sum(pid, (each) => {
    const threads = readdirSync(`/proc/${each}/task`);
    return threads.reduce((total, thread) => total + threadSeconds(`/proc/${each}/task/${thread}/schedstat`), 0);
  });
}

/** None of a thread that has just ended. */
function threadSeconds(path: string): number {
  try {
    return Number(readFileSync(path, "utf8").split(" ", 1)[0]) / 1e9;
  } catch {
    return 0;
  }
}

/** Resident memory of a process and those that it started, in MiB; `own`: without pages of files, which processes share. */
export function residentMiB(pid: number, own = false): number {
  return sum(pid, (each) => {
    const status = readFileSync(`/proc/${each}/status`, "utf8");
    return Number((own ? /RssAnon:\s+(\d+)/ : /VmRSS:\s+(\d+)/).exec(status)?.[1] ?? 0) / 1024;
  });
}

function sum(pid: number, of: (pid: number) => number): number {
  const started = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  return started.reduce((total, child) => total + sum(child, of), of(pid));
}
