import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAgent } from "../../test/support/loki/log-agent.ts";
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

export const stages = `stage.json {
    expressions = {ts = "", level = ""}
  }
  stage.labels {
    values = {level = ""}
  }
  stage.timestamp {
    source = "ts"
    format = "RFC3339Nano"
  }`;

const sluice: AgentKind = {
  name: "Sluice",
  mark: '"msg":',
  async start({ glob, url, directory }) {
    const agent = await startAgent({
      directory,
      source: `targets = [{__path__ = "${glob}", job = "bench"}]\nfile_match {\nenabled = true\n}`,
      stages,
      write: `endpoint {\nurl = "${url}/loki/api/v1/push"\n}`,
    });
    return { pid: agent.pid, kill: () => agent.kill("SIGKILL") };
  },
};

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

async function run(program: string, words: readonly string[]): Promise<MeasuredAgent> {
  const child = spawn(program, words, { stdio: ["ignore", "ignore", "inherit"] });
  await once(child, "spawn");
  return {
    pid: child.pid ?? 0,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${program} has ended by itself`);
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
