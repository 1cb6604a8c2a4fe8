import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../infra/bundle.ts";
import { peers } from "../peers/find-peers.ts";
import { trace } from "./lines.ts";

/** What an agent is told: which files, where to send, where to keep its state. */
export interface AgentJob {
  readonly glob: string;
  readonly url: string;
  readonly directory: string;
}

/** An agent under measurement. */
export interface MeasuredAgent {
  readonly pid: number;
  kill(): Promise<void>;
}

/** An agent that follows files, parses JSON, takes level and time out of it, and pushes. */
export interface AgentKind {
  readonly name: string;
  /** A text that each line holds once as this agent sends it. */
  readonly mark: string;
  start(job: AgentJob): Promise<MeasuredAgent>;
}

const stages = `stage.json {
    expressions = {ts = "", level = ""}
  }
  stage.labels {
    values = {level = ""}
  }
  stage.timestamp {
    source = "ts"
    format = "RFC3339Nano"
  }`;

/** As it is deployed: one minified file, and the environment of infra/daemon/Dockerfile. */
const sluice: AgentKind = {
  name: "Sluice",
  mark: '"msg":',
  async start({ glob, url, directory }) {
    mkdirSync(directory, { recursive: true });
    const config = join(directory, "config.alloy");
    writeFileSync(
      config,
      `loki.source.file "logs" {
  targets = [{__path__ = "${glob}", job = "bench"}]
  forward_to = [loki.process.logs.receiver]
  file_match {
    enabled = true
  }
}

loki.process "logs" {
  forward_to = [loki.write.logs.receiver]
  ${stages}
}

loki.write "logs" {
  endpoint {
    url = "${url}/loki/api/v1/push"
  }
}
`,
    );
    const flags = ["--server.http.listen-addr=127.0.0.1:0", `--storage.path=${join(directory, "data")}`];
    return run(process.execPath, [
      "--max-semi-space-size=1",
      "--no-concurrent-recompilation",
      (await program()).file,
      "run",
      ...flags,
      config,
    ]);
  },
};

let bundled: ReturnType<typeof bundle> | undefined;

function program(): ReturnType<typeof bundle> {
  bundled ??= bundle("daemon", mkdtempSync(join(tmpdir(), "bench-logs-")));
  return bundled;
}

/** filelog with checkpoints on the disk, OTLP/HTTP with gzip; its queue is in memory. */
const collector: AgentKind = {
  name: "Collector",
  mark: '"msg":',
  async start({ glob, url, directory }) {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, "config.yaml");
    const parse = {
      type: "json_parser",
      timestamp: { parse_from: "attributes.ts", layout_type: "gotime", layout: "2006-01-02T15:04:05.999Z07:00" },
      severity: { parse_from: "attributes.level" },
    };
    const config = {
      extensions: { file_storage: { directory } },
      receivers: { filelog: { include: [glob], start_at: "beginning", storage: "file_storage", operators: [parse] } },
      processors: { batch: {} },
      exporters: { otlp_http: { endpoint: url } },
      service: {
        telemetry: { logs: { level: "error" }, metrics: { level: "none" } },
        extensions: ["file_storage"],
        pipelines: { logs: { receivers: ["filelog"], processors: ["batch"], exporters: ["otlp_http"] } },
      },
    };
    writeFileSync(file, JSON.stringify(config));
    return run(peers.filelog ?? "", ["--config", file]);
  },
};

/** Its own protocol with zstd, checkpoints and a queue on the disk. */
const vlagent: AgentKind = {
  name: "vlagent",
  mark: trace,
  start({ glob, url, directory }) {
    return run(peers.vlagent ?? "", [
      `-fileCollector.glob=${glob}`,
      "-fileCollector.streamFields=level",
      `-remoteWrite.url=${url}/insert/native`,
      `-tmpDataPath=${directory}`,
      "-httpListenAddr=127.0.0.1:0",
      "-loggerLevel=ERROR",
    ]);
  },
};

/** Those that are on this machine. */
export const agentKinds: readonly AgentKind[] = [
  sluice,
  ...(peers.filelog ? [collector] : []),
  ...(peers.vlagent ? [vlagent] : []),
];

async function run(executable: string, words: readonly string[]): Promise<MeasuredAgent> {
  const env = { ...process.env, NODE_ENV: "production", MALLOC_ARENA_MAX: "2" };
  const child = spawn(executable, words, { stdio: ["ignore", "ignore", "inherit"], env });
  await once(child, "spawn");
  return {
    pid: child.pid ?? 0,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${executable} has ended by itself`);
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const ticksPerSecond = 100;

/** Processor seconds since the start of a process, and its resident memory in MiB: now, and the most it had. */
export function figuresOf(pid: number): {
  readonly cpuSeconds: number;
  readonly rssMib: number;
  readonly peakMib: number;
} {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssMib: kib("VmRSS") / 1024,
    peakMib: kib("VmHWM") / 1024,
  };
}
