import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peers } from "../../../bench/peers/find-peers.ts";

/** A real VictoriaMetrics as receiver of remote write. */
export interface VictoriaMetrics {
  readonly url: string;
  /** Values of all raw samples of a selector by series, labels sorted. */
  samples(selector: string): Promise<ReadonlyMap<string, readonly (number | null)[]>>;
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startVictoriaMetrics(): Promise<VictoriaMetrics> {
  const { victoriaMetrics: program } = peers;
  if (!program) {
    throw new Error("no VictoriaMetrics: see bench/peers/install.sh");
  }
  const directory = mkdtempSync(join(tmpdir(), "victoria-"));
  const child = spawn(program, [`-storageDataPath=${directory}`, "-httpListenAddr=127.0.0.1:0", "-loggerLevel=INFO"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let log = "";
    child.stderr.on("data", (chunk) => {
      log += chunk;
      const address = /started server at (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (address) resolve(address);
    });
    child.once("exit", () => reject(new Error(`VictoriaMetrics ended: ${log.slice(-500)}`)));
  });
  return {
    url,
    async samples(selector) {
      // What has come is only seen after a flush.
      await fetch(`${url}/internal/force_flush`);
      const response = await fetch(`${url}/api/v1/export?match[]=${encodeURIComponent(selector)}&reduce_mem_usage=1`);
      const lines = (await response.text()).split("\n").filter((line) => line !== "");
      return new Map(
        lines.map((line) => {
          const { metric, values } = JSON.parse(line) as { metric: Record<string, string>; values: (number | null)[] };
          return [
            JSON.stringify(Object.fromEntries(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)))),
            values,
          ];
        }),
      );
    },
    async close() {
      child.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
