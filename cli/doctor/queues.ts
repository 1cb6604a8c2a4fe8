import type { QueueStatus, QueueStatusRead } from "../../shared/aws/sqs/queue-status.ts";
import { maxMessageBytes } from "../../shared/queue/envelope.ts";
import { hasLocalQueue, readQueues } from "../status/queues.ts";
import type { Io } from "../terminal/io.ts";
import { readOldestAge } from "../terminal/oldest-age.ts";
import { type Check, failed, ok, skipped, warning } from "./check.ts";

const retentionSeconds = 14 * 86_400;
/** Older than this, delivery is behind or the destination is down. */
const oldSeconds = 900;

/** Are the queues there and as they were deployed, does what is in them move, and are there dead letters? */
export async function checkQueues(stage: string, io: Io): Promise<readonly Check[]> {
  const { queue, deadLetters, local } = await readQueues(stage, io);
  return [
    ...attributes("queue", { stage, read: queue, local }),
    ...attributes("dead-letter queue", { stage, read: deadLetters, local }),
    ...(queue.kind === "read" ? [redrive(stage, queue, deadLetters), ...(await age(stage, io))] : []),
    ...(deadLetters.kind === "read" ? [letters(stage, deadLetters, local)] : []),
  ];
}

function attributes(
  name: string,
  { stage, read, local }: { readonly stage: string; readonly read: QueueStatusRead; readonly local: boolean },
): Check[] {
  const deploy = local ? "npm start" : `npx sls deploy --stage ${stage}`;
  if (read.kind === "failed") return [failed(name, read.reason, `If it is not there: ${deploy}`)];
  const counts = `${read.waiting} waiting, ${read.inFlight} in flight, ${read.delayed} delayed`;
  if (local) return [ok(name, counts)];
  const wrong = [
    ...(read.encrypted ? [] : ["it is not encrypted"]),
    ...(read.retentionSeconds >= retentionSeconds
      ? []
      : [`it keeps messages for ${read.retentionSeconds} s, not 14 days`]),
    ...(read.maxMessageBytes === undefined || read.maxMessageBytes >= maxMessageBytes
      ? []
      : [
          `it takes messages of ${read.maxMessageBytes} bytes, not ${maxMessageBytes}: larger records cannot wait in it`,
        ]),
  ];
  return [
    ok(name, counts),
    ...wrong.map((detail) => failed(name, `Changed since it was deployed: ${detail}.`, deploy)),
  ];
}

function redrive(stage: string, queue: QueueStatus, deadLetters: QueueStatusRead): Check {
  const name = "redrive";
  const deploy = `npx sls deploy --stage ${stage}`;
  if (queue.redrivenTo === undefined) return failed(name, "The queue has no dead-letter queue.", deploy);
  if (deadLetters.kind === "read" && deadLetters.arn !== queue.redrivenTo) {
    return failed(name, `The queue is redriven to ${queue.redrivenTo}, not to ${deadLetters.arn}.`, deploy);
  }
  return ok(name, queue.redrivenTo);
}

async function age(stage: string, io: Io): Promise<Check[]> {
  const name = "oldest message";
  if (hasLocalQueue(io.env)) return [skipped(name, "only CloudWatch knows it")];
  const read = await readOldestAge(`sluice-${stage}`, Date.now());
  if (read.kind === "failed") return [skipped(name, read.reason)];
  if (read.seconds === undefined) return [ok(name, "none was seen in the last ten minutes")];
  if (read.seconds < oldSeconds) return [ok(name, `${read.seconds} s`)];
  const logs = `npx sls logs -f flush --stage ${stage} --startTime 30m`;
  return [warning(name, `${read.seconds} s: delivery is behind, or the destination is down.`, `See why: ${logs}`)];
}

function letters(stage: string, { waiting, inFlight, delayed }: QueueStatus, local: boolean): Check {
  const count = waiting + inFlight + delayed;
  const list = `sluice dead-letters list ${local ? "--local" : `--stage ${stage}`}`;
  return count === 0 ? ok("dead letters", "none") : failed("dead letters", `${count} wait for a decision.`, list);
}
