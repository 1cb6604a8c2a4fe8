import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A daemon in a process of its own, as a container would run it. */
export interface DaemonProcess {
  readonly grpcPort: number;
  readonly httpPort: number;
  /** `http://127.0.0.1:PORT`. */
  readonly admin: string;
  readonly child: ChildProcess;
  /** Parsed log lines so far. */
  readonly log: Record<string, unknown>[];
  /** GET (or POST) a page of the admin port. */
  page(path: string, method?: string): Promise<{ status: number; text: string }>;
  /** Value of a metric, summed over its labels. */
  metric(name: string): Promise<number>;
  /** Sends a signal and waits for the end: exit code, or -1 for a signal. */
  end(signal: NodeJS.Signals): Promise<number>;
}

export interface DaemonProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** What Node runs; default the entry point. */
  readonly file?: string;
  readonly nodeOptions?: readonly string[];
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

const root = join(import.meta.dirname, "../../..");
const startTimeoutMs = 20_000;

/** Starts a daemon on free ports of loopback and waits until it says that it is ready to serve. */
export async function startDaemonProcess(options: DaemonProcessOptions): Promise<DaemonProcess> {
  const { env, file = join(root, "daemon/main.ts"), nodeOptions = [], cwd = root, uid, gid } = options;
  const ports = { SLUICE_GRPC_PORT: "0", SLUICE_HTTP_PORT: "0", SLUICE_ADMIN_PORT: "0" };
  const child = spawn(process.execPath, [...nodeOptions, file], {
    cwd,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    env: { PATH: process.env.PATH, ...awsEnvironment, ...ports, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log: Record<string, unknown>[] = [];
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const addresses = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the daemon did not start: ${errors}`)), startTimeoutMs);
    let rest = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const entry = parse(line);
        log.push(entry);
        if (entry.event !== "server.ready") continue;
        clearTimeout(timer);
        resolve(String(entry.addresses));
      }
    });
    child.once("exit", (code) => reject(new Error(`the daemon ended with ${code}: ${errors}`)));
  });
  const [grpcPort = 0, httpPort = 0, adminPort = 0] = [...addresses.matchAll(/:(\d+)/g)].map((match) =>
    Number(match[1]),
  );
  const admin = `http://127.0.0.1:${adminPort}`;

  async function page(path: string, method = "GET") {
    const response = await fetch(`${admin}${path}`, { method });
    return { status: response.status, text: await response.text() };
  }

  return {
    grpcPort,
    httpPort,
    admin,
    child,
    log,
    page,
    async metric(name) {
      const { text } = await page("/metrics");
      const lines = text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
    },
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? -1;
      const ended = once(child, "exit");
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      return code ?? -1;
    },
  };
}

const awsEnvironment = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
};

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { line };
  }
}
