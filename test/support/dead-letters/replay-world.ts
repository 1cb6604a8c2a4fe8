import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { region, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { startPipeline } from "../../../local/pipeline.ts";
import { resolve } from "../../../shared/config/resolve.ts";
import type { DeadLetterReport } from "../../../shared/dead-letters/report.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import type { SignalName } from "../../../shared/signal.ts";
import { startFakeGrafana } from "../destination/fake-grafana.ts";
import { oneDestination } from "../flush/flush-stand.ts";
import { startCuttingProxy } from "../http/cutting-proxy.ts";
import { temporaryDirectory } from "../local/stack.ts";
import { itemNames, requestOf } from "../otlp/item-names.ts";
import { unpack } from "../otlp/unpack.ts";
import { type EmittedEvent, recordEvents } from "../record-events.ts";

/** A command of the command line while it runs. */
export interface RunningCommand {
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly report: DeadLetterReport | undefined;
    readonly err: string;
  }>;
}

const main = fileURLToPath(new URL("../../../cli/main.ts", import.meta.url));

/** The real functions on the embedded queue, a destination that refuses everything until it is put right, and the command line. */
export async function startReplayWorld() {
  const directory = temporaryDirectory();
  let refuses = true;
  const grafana = await startFakeGrafana({ poison: () => refuses });
  const sqs = await startEmbeddedSqs({ dataDir: directory });
  const proxy = await startCuttingProxy(sqs.endpoint);
  const resolved = resolve({});
  if (resolved.kind === "invalid") throw new Error("the defaults are invalid");
  const events: EmittedEvent[] = [];
  const pipeline = await startPipeline({
    sqs,
    config: resolved.config,
    senders: [],
    destinations: oneDestination(grafana.endpoint),
    emit: recordEvents(events),
  });
  onTestFinished(async () => {
    await pipeline.drain(1000);
    await Promise.all([proxy.close(), sqs.stop(), grafana.close()]);
  });
  const { queueUrl, deadLetterQueueUrl } = pipeline;
  const through = (url: string) => url.replace(sqs.endpoint, proxy.endpoint);
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: region,
    SLUICE_STATE_DIR: `${directory}/state`,
    SLUICE_QUEUE_URL: through(queueUrl),
    SLUICE_DEAD_LETTER_QUEUE_URL: through(deadLetterQueueUrl),
  };

  /** Items of each letter in the dead-letter queue, by letter id. */
  async function letters(signal: SignalName): Promise<Map<string, readonly string[]>> {
    const found = new Map<string, readonly string[]>();
    for (const body of sqs.bodies("sluice-dead-letters")) {
      const decoded = decodeEnvelope(body);
      if (decoded.kind === "undecodable" || decoded.batch.format !== `otlp/${signal}`) continue;
      found.set(decoded.batch.deadLetter?.id ?? "", itemNames(await unpack(decoded.batch), signal));
    }
    return found;
  }

  return {
    grafana,
    proxy,
    events,
    letters,
    queued: () => pipeline.queued().length,
    putRight: () => {
      refuses = false;
    },
    async accept(signal: SignalName, names: readonly string[]): Promise<void> {
      const timeUnixNano = BigInt(Date.now()) * 1_000_000n;
      const bytes = requestOf(signal, { names, timeUnixNano });
      const accepted = await pipeline.accept({ format: `otlp/${signal}`, items: names.length, bytes });
      if (accepted.kind !== "accepted") throw new Error(accepted.reason);
    },
    replay(...args: readonly string[]): RunningCommand {
      const child = spawn(process.execPath, [main, "dead-letters", "replay", "--json", "--lease", "3", ...args], {
        env,
      });
      const closed = new Promise<number | null>((done) => child.on("close", done));
      const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(([code, out, err]) => {
        return { code, err, report: out === "" ? undefined : (JSON.parse(out) as DeadLetterReport) };
      });
      return { kill: (signal) => void child.kill(signal), ended };
    },
  };
}
