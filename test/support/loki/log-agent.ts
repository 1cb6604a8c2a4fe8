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
  const child = spawn(process.execPath, ["--max-semi-space-size=1", script, JSON.stringify(agent)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
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

/** The next line that begins with a text; rejects when the process ends before it. */
function line({ stdout, exitCode }: ChildProcess, start: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    function take(chunk: Buffer): void {
      text += chunk;
      const found = text.split("\n").find((each) => each.startsWith(start) && text.includes(`${each}\n`));
      if (found === undefined) return;
      stdout?.off("data", take).off("end", end);
      resolve(found);
    }
    const end = () => reject(new Error("the agent has ended"));
    if (stdout === null || exitCode !== null) end();
    stdout?.on("data", take).on("end", end);
  });
}
