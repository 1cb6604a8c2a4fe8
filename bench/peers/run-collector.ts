import { spawn } from "node:child_process";
import { once } from "node:events";
import { type CollectorConfig, collectorConfig, peers } from "./find-peers.ts";
import { freePort, listening } from "./ports.ts";

/** A Collector in a process of its own. */
export interface RunningCollector {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly pid: number;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the Collector that `bench/peers/install.sh` has built, with its default settings; undefined where it is absent. */
export async function runCollector(
  to: CollectorConfig["to"],
  storage?: CollectorConfig["storage"],
): Promise<RunningCollector | undefined> {
  const program = storage ? peers.collectorStorage : peers.collector;
  if (!program) return undefined;
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const config = collectorConfig({ grpcPort, httpPort, to, ...(storage && { storage }) });
  const child = spawn(program, ["--config", config], { stdio: ["ignore", "ignore", "ignore"] });
  await Promise.all([listening(grpcPort), listening(httpPort)]);
  return {
    grpcPort,
    httpPort,
    pid: child.pid ?? 0,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
  };
}
