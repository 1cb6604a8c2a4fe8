import { maxMessageBytes } from "../../queue/envelope.ts";
import type { Queue, SendOutcome } from "../../queue/queue.ts";
import { awsProblem } from "../aws-problem.ts";
import type { Sqs } from "./sqs.ts";

/** Most entries of one batch call (SQS SendMessageBatch). */
const maxEntries = 10;
/** Calls at a time: a large request is many calls, and each may be 1 MiB. */
const concurrency = 4;

export interface SqsQueueOptions {
  readonly client: Pick<Sqs, "sendMessageBatch" | "getQueueAttributes">;
  readonly queueUrl: string;
  /** Most time of one batch call with all its attempts, milliseconds; default 10 s. */
  readonly timeoutMs?: number;
}

export interface SqsQueue extends Queue {
  readonly messageLimit: () => number;
  /** Asks the queue for its limit (MaximumMessageSize); without the permission it is learnt from the first refusal. */
  readLimit(): Promise<number>;
}

interface Entry {
  readonly index: number;
  readonly body: string;
}

/** SQS as a `Queue`: as few `SendMessageBatch` calls as its limits allow; entries that fail in a passing way are sent once more. */
export function createSqsQueue(options: SqsQueueOptions): SqsQueue {
  const { client, queueUrl, timeoutMs = 10_000 } = options;
  let limit = maxMessageBytes;

  /** "Message must be shorter than 262144 bytes": the queue's own limit, which needs no permission to be told. */
  function learn(reason: string): void {
    const told = /shorter than (\d+) bytes/.exec(reason)?.[1];
    if (told !== undefined) limit = Math.min(limit, Number(told));
  }

  async function send(bodies: readonly string[], abort?: AbortSignal): Promise<SendOutcome> {
    const calls = intoCalls(bodies);
    const failures: Failure[] = [];
    for (let at = 0; at < calls.length; at += concurrency) {
      const answers = await Promise.all(calls.slice(at, at + concurrency).map((entries) => sendTwice(entries, abort)));
      failures.push(...answers.flat());
    }
    const [first] = failures;
    if (!first) return { kind: "sent" };
    return { kind: "failed", reason: first.reason, unsent: failures.map(({ entry }) => entry.index) };
  }

  async function sendTwice(entries: readonly Entry[], abort?: AbortSignal): Promise<readonly Failure[]> {
    const failures = await call(entries, abort);
    const again = failures.filter((failure) => failure.passing);
    if (again.length === 0) return failures;
    const still = await call(
      again.map(({ entry }) => entry),
      abort,
    );
    return [...failures.filter((failure) => !failure.passing), ...still];
  }

  async function call(entries: readonly Entry[], abort?: AbortSignal): Promise<readonly Failure[]> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const input = {
      QueueUrl: queueUrl,
      Entries: entries.map(({ body }, at) => ({ Id: String(at), MessageBody: body })),
    };
    try {
      const abortSignal = abort ? AbortSignal.any([abort, timeout]) : timeout;
      const answer = await client.sendMessageBatch(input, { abortSignal });
      const sent = new Set(answer.Successful?.map(({ Id }) => Id));
      return entries.flatMap((entry, at) => {
        if (sent.has(String(at))) return [];
        const failed = answer.Failed?.find(({ Id }) => Id === String(at));
        const reason = failed ? `${failed.Code}: ${failed.Message ?? "no message"}` : "SQS did not confirm the message";
        learn(reason);
        return [{ entry, reason, passing: failed?.SenderFault !== true }];
      });
    } catch (error) {
      // The client has already repeated what is worth repeating.
      learn(error instanceof Error ? error.message : "");
      const reason = awsProblem(error, { action: "sqs:SendMessage", resource: queueUrl });
      return entries.map((entry) => ({ entry, reason, passing: false }));
    }
  }

  return {
    send,
    messageLimit: () => limit,
    async readLimit() {
      const input = { QueueUrl: queueUrl, AttributeNames: ["MaximumMessageSize" as const] };
      const read = client.getQueueAttributes(input, { abortSignal: AbortSignal.timeout(timeoutMs) });
      const bytes = await read.then(
        ({ Attributes }) => Number(Attributes?.MaximumMessageSize),
        () => Number.NaN,
      );
      if (bytes > 0) limit = Math.min(maxMessageBytes, bytes);
      return limit;
    },
  };
}

interface Failure {
  readonly entry: Entry;
  readonly reason: string;
  readonly passing: boolean;
}

/** Bodies in their order, cut where a call would exceed ten entries or 1 MiB in sum. */
function intoCalls(bodies: readonly string[]): readonly Entry[][] {
  const calls: Entry[][] = [];
  let open: Entry[] = [];
  let bytes = 0;
  for (const [index, body] of bodies.entries()) {
    const size = Buffer.byteLength(body);
    if (open.length > 0 && (open.length === maxEntries || bytes + size > maxMessageBytes)) {
      calls.push(open);
      open = [];
      bytes = 0;
    }
    open.push({ index, body });
    bytes += size;
  }
  if (open.length > 0) calls.push(open);
  return calls;
}
