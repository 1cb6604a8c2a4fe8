import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LogAgent } from "./log-agent-process.ts";

/** A process of `log-agent-process.ts`. */
export interface RunningAgent {
  readonly pid: number;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Processor time in microseconds and resident memory in bytes, now. */
  figures(): Promise<{ readonly cpu: { readonly user: number; readonly system: number }; readonly rss: number }>;
}

const script = fileURLToPath(new URL("log-agent-process.ts", import.meta.url));

/** Starts the process; ready when this resolves. */
export async function startAgent(agent: LogAgent): Promise<RunningAgent> {
  const child = spawn(process.execPath, [script, JSON.stringify(agent)], { stdio: ["ignore", "pipe", "inherit"] });
  await line(child, "ready");
  return {
    pid: child.pid ?? 0,
    async kill(signal) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    },
    async figures() {
      const told = line(child, "{");
      child.kill("SIGUSR2");
      return JSON.parse(await told);
    },
  };
}

/** The next line that begins with a text. */
async function line(child: ChildProcess, start: string): Promise<string> {
  let text = "";
  for await (const [chunk] of on(child)) {
    text += chunk;
    const found = text.split("\n").find((each) => each.startsWith(start) && text.includes(`${each}\n`));
    if (found !== undefined) return found;
  }
  throw new Error("the agent ended before it was ready");
}

async function* on({ stdout }: ChildProcess): AsyncGenerator<[Buffer]> {
  if (stdout === null) return;
  for (;;) yield (await once(stdout, "data")) as [Buffer];
}
