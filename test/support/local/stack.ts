import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { FakeGrafana } from "../destination/fake-grafana.ts";

/** The gateway as a user has it: `npm start` in a process of its own. */
export interface RunningStack {
  readonly http: string;
  readonly admin: string;
  readonly dataDir: string;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** SIGTERM to npm, as a process manager sends it; resolves to the exit code. */
  stop(): Promise<number | null>;
  /** Ctrl-C, as a terminal sends it: SIGINT to npm and to all that it has started. */
  interrupt(): Promise<number | null>;
  /** SIGKILL to npm alone; resolves when what it had started has ended too. */
  orphan(): Promise<void>;
  /** SIGKILL to all of it. */
  kill(): Promise<void>;
}

/** What became of a start that is expected to fail. */
export interface FailedStart {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StackOptions {
  /** A directory of its own where it is absent; removed when the test ends. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, "../../..");
const ready = /Sluice is ready: OTLP\/HTTP on (\S+), admin on (\S+),/;

/** Starts the stack and waits for its ready line; it is killed when the test ends, if it still runs. */
export async function startStack(options: StackOptions = {}): Promise<RunningStack> {
  const dataDir = options.dataDir ?? temporaryDirectory();
  const { child, stdout, stderr, exited } = spawnStart(dataDir, options.env);
  const found = await new Promise<RegExpExecArray>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const match = ready.exec(stdout());
      if (match) resolve(match);
    });
    void exited.then((code) => reject(new Error(`npm start ended with ${code}: ${stdout()}${stderr()}`)));
  });
  return {
    http: found[1] ?? "",
    admin: found[2] ?? "",
    dataDir,
    stdout,
    stderr,
    stop() {
      child.kill("SIGTERM");
      return exited;
    },
    interrupt() {
      signalGroup(child, "SIGINT");
      return exited;
    },
    async orphan() {
      child.kill("SIGKILL");
      await exited;
    },
    async kill() {
      signalGroup(child, "SIGKILL");
      await exited;
    },
  };
}

/** Runs `npm start` to its end. */
export async function failToStart(options: StackOptions = {}): Promise<FailedStart> {
  const { stdout, stderr, exited } = spawnStart(options.dataDir ?? temporaryDirectory(), options.env);
  const code = await exited;
  return { code, stdout: stdout(), stderr: stderr() };
}

/** The settings that make `grafana` the destination. */
export function exportingTo(grafana: Pick<FakeGrafana, "endpoint" | "instanceId" | "apiKey">): Record<string, string> {
  return {
    GRAFANA_CLOUD_OTLP_ENDPOINT: grafana.endpoint,
    GRAFANA_CLOUD_INSTANCE_ID: grafana.instanceId,
    GRAFANA_CLOUD_API_KEY: grafana.apiKey,
  };
}

/** A directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "sluice-stack-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

function spawnStart(dataDir: string, env: Readonly<Record<string, string>> = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SLUICE|GRAFANA_CLOUD|OTEL|AWS)_/.test(name));
  const ports = { SLUICE_HTTP_PORT: "0", SLUICE_GRPC_PORT: "0", SLUICE_ADMIN_PORT: "0", SLUICE_DATA_DIR: dataDir };
  const child = spawn("npm", ["start"], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...ports, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own, so that all of it can be killed.
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exited = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    signalGroup(child, "SIGKILL");
    await exited;
  });
  return { child, stdout: () => stdout, stderr: () => stderr, exited };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}
