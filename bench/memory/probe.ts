import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What V8 says of itself, in bytes. */
export interface Told {
  readonly spaces: readonly {
    readonly space_name: string;
    readonly space_used_size: number;
    readonly physical_space_size: number;
  }[];
  readonly memory: { readonly arrayBuffers: number; readonly external: number };
  readonly heap: { readonly peak_malloced_memory: number };
}

export interface Probe {
  /** Of Node: what the process loads before its program. */
  readonly nodeOptions: readonly string[];
  /** Asks the process; throws when it does not answer within two seconds. */
  ask(pid: number): Promise<Told>;
}

/** Writes a script into `folder` that tells what V8 holds when the process is sent SIGUSR2. It takes 0.1 MiB itself. */
export function createProbe(folder: string): Probe {
  const script = join(folder, "probe.cjs");
  const answer = join(folder, "told.json");
  writeFileSync(
    script,
    `const { getHeapSpaceStatistics, getHeapStatistics } = require("node:v8");
const { renameSync, writeFileSync } = require("node:fs");
process.on("SIGUSR2", () => {
  const told = { spaces: getHeapSpaceStatistics(), memory: process.memoryUsage(), heap: getHeapStatistics() };
  writeFileSync(${JSON.stringify(`${answer}.new`)}, JSON.stringify(told));
  renameSync(${JSON.stringify(`${answer}.new`)}, ${JSON.stringify(answer)});
});`,
  );
  return {
    nodeOptions: ["--require", script],
    async ask(pid) {
      rmSync(answer, { force: true });
      process.kill(pid, "SIGUSR2");
      for (let waits = 0; waits < 200; waits += 1) {
        if (existsSync(answer)) return JSON.parse(readFileSync(answer, "utf8")) as Told;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error("the daemon did not say what its heap holds");
    },
  };
}
