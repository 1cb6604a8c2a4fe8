import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `sluice run` in a process of its own, with a configuration that can be replaced. */
export interface PipelineProcess {
  readonly child: ChildProcess;
  /** A directory of its own, with `config.alloy` and the storage in it; gone after `end`. */
  readonly directory: string;
  /** `http://127.0.0.1:PORT`. */
  readonly admin: string;
  /** Everything on standard error so far. */
  log(): string;
  /** Replaces the configuration; it is read at the next reload. */
  configure(text: string): void;
  page(path: string, method?: string): Promise<{ status: number; text: string }>;
  /** Sends a signal and waits for the end: exit code, or -1 for a signal. */
  end(signal: NodeJS.Signals): Promise<number>;
}

export interface PipelineProcessOptions {
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
  /** No path is given: the configuration comes from the environment, or from a parameter that a flag names. */
  readonly withoutPath?: boolean;
  readonly flags?: readonly string[];
  /** Where to run it again after an end: the directory of the one before. */
  readonly directory?: string;
}

const root = join(import.meta.dirname, "../../..");
const startTimeoutMs = 20_000;

/** Starts a pipeline on a free port of loopback and waits until it runs; rejects with what it says when it does not. */
export async function startPipelineProcess(options: PipelineProcessOptions): Promise<PipelineProcess> {
  const { config, env = {}, flags = [], directory = mkdtempSync(join(tmpdir(), "sluice-run-")) } = options;
  const file = join(directory, "config.alloy");
  writeFileSync(file, config);
  const place = [`--storage.path=${join(directory, "data")}`, "--server.http.listen-addr=127.0.0.1:0"];
  const words = [join(root, "daemon/main.ts"), "run", ...place, ...flags, ...(options.withoutPath ? [] : [file])];
  const child = spawn(process.execPath, words, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const admin = `http://${await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it does not run: ${log}`)), startTimeoutMs);
    child.stderr.on("data", () => {
      const found = /now listening for http traffic" addr=(\S+)/.exec(log)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error(log)));
    child.once("exit", () => clearTimeout(timer));
  })}`;
  return {
    child,
    directory,
    admin,
    log: () => log,
    configure: (text) => writeFileSync(file, text),
    async page(path, method = "GET") {
      const answer = await fetch(`${admin}${path}`, { method });
      return { status: answer.status, text: await answer.text() };
    },
    async end(signal) {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
      child.kill(signal);
      await ended;
      if (options.directory === undefined && signal !== "SIGKILL") rmSync(directory, { recursive: true, force: true });
      return child.exitCode ?? -1;
    },
  };
}
