import type { Acceptance, ReceivedRequest } from "../batch/accept.ts";
import type { Batch } from "../batch/batch.ts";
import { formats } from "../batch/formats.ts";
import type { Outcome, RefusedPart, Retry } from "../batch/outcome.ts";
import type { Clock } from "../clock.ts";
import type { RetryingDeliver } from "../delivery/retry.ts";
import { partOf } from "../queue/pack.ts";
import type { Emit } from "../telemetry/events/events.ts";
import type { Commit } from "./group-commit.ts";
import type { ToDeadLetters } from "./to-dead-letters.ts";

export interface DirectCommitOptions {
  readonly deliver: RetryingDeliver;
  /** Name of the destination. */
  readonly destination: string;
  /** Puts a group into the queue when the destination cannot take it; absent: its clients keep their data. */
  readonly spill?: Commit;
  /** Puts what was refused for good into the dead-letter queue; absent: its client is told that it was rejected. */
  readonly toDeadLetters?: ToDeadLetters;
  readonly clock: Pick<Clock, "now">;
  readonly emit: Emit;
}

/** Part or all of a request that the destination has neither taken nor refused. */
interface Left {
  readonly kind: "left";
  readonly request: ReceivedRequest;
  /** What of it is left. */
  readonly rest: ReceivedRequest;
  readonly retry: Retry;
  /** What else of the request is to be told to its client. */
  readonly rejected?: { readonly items: number; readonly message: string };
}

const retryAfter = { defaultMs: 5000, minMs: 1000, maxMs: 60_000 };

/**
 * Makes a group durable at the destination itself. What it does not take in time is spilled to the queue; what it refuses
 * for good is dead-lettered, or rejected to the very client that sent it (docs/decisions/0072-direct-sink.md).
 */
export function createDirectCommit(options: DirectCommitOptions): Commit {
  const { deliver, destination, clock, emit } = options;

  return async function commit(group, { final }) {
    const alone = group.length === 1;
    const sent = group.map((request) => ({ request, batch: batchOf(request, alone) }));
    const outcomes = await deliver(
      sent.map(({ batch }) => batch),
      { once: final },
    );
    const acceptances = new Map<ReceivedRequest, Acceptance>();
    const left: Left[] = [];
    const answers = await rejectAll(sent, outcomes);
    for (const { request, batch } of sent) {
      const result = judge(request, outcomes.get(batch) ?? unanswered, { batch, alone, answer: answers.get(batch) });
      if (result.kind === "left") left.push(result);
      else acceptances.set(request, result);
    }
    for (const [request, acceptance] of left.length > 0 ? await spill(left) : []) acceptances.set(request, acceptance);
    return acceptances;
  };

  function batchOf({ format, tenant, items, bytes, gzip }: ReceivedRequest, alone: boolean): Batch {
    const acceptedAt = Math.floor(clock.now());
    const address = { format, destination, ...(tenant !== undefined && { tenant }) };
    const common = { ...address, items, bytes: bytes.length, acceptedAt };
    if (alone && gzip) return { ...common, encoding: "gzip", payload: gzip };
    return { ...common, encoding: "identity", payload: bytes };
  }

  /** Dead-letters what was refused of the whole group in one send; what could not be is told to its client. */
  async function rejectAll(sent: readonly Sent[], outcomes: ReadonlyMap<Batch, Outcome>) {
    const refused = new Map<Batch, readonly RefusedPart[]>();
    for (const { request, batch } of sent) {
      const parts = refusedOf(request, outcomes.get(batch) ?? unanswered);
      if (parts.length > 0) refused.set(batch, parts);
    }
    const results = refused.size > 0 ? await options.toDeadLetters?.(refused) : undefined;
    const unavailable = again({ kind: "retry", cause: "not-tried", reason: "the dead-letter queue is unavailable" });
    return new Map(
      [...refused].map(([batch, parts]): [Batch, Acceptance] => {
        const result = results?.get(batch);
        if (result === "dead-lettered") return [batch, accepted];
        if (result === "failed") return [batch, unavailable];
        const items = parts.reduce((sum, part) => sum + part.items, 0);
        return [batch, told(items, parts[0]?.why.message ?? "")];
      }),
    );
  }

  async function spill(left: readonly Left[]): Promise<ReadonlyMap<ReceivedRequest, Acceptance>> {
    const [first, ...others] = left;
    if (!options.spill || !first) return new Map(left.map(({ request, retry }) => [request, again(retry)]));
    const acceptances = await options.spill([first.rest, ...others.map(({ rest }) => rest)], { final: true });
    const taken = left.filter(({ rest }) => acceptances.get(rest)?.kind === "accepted");
    if (taken.length > 0) {
      const { signal } = formats[first.rest.format];
      const items = taken.reduce((sum, { rest }) => sum + rest.items, 0);
      const bytes = taken.reduce((sum, { rest }) => sum + rest.bytes.length, 0);
      const reason = first.retry.cause === "not-tried" ? "stopping" : "outage";
      emit("batch.spilled", { signal, items, bytes, reason });
    }
    return new Map(
      left.map(({ request, rest, retry, rejected }) => [
        request,
        joined(acceptances.get(rest) ?? again(retry), rejected),
      ]),
    );
  }
}

interface Sent {
  readonly request: ReceivedRequest;
  readonly batch: Batch;
}

const accepted: Acceptance = { kind: "accepted" };
const unanswered: Retry = { kind: "retry", cause: "not-tried", reason: "no outcome" };

/** `answer`: what its client is to be told of what was refused of it. */
function judge(
  request: ReceivedRequest,
  outcome: Outcome,
  { batch, alone, answer = accepted }: { batch: Batch; alone: boolean; answer: Acceptance | undefined },
): Acceptance | Left {
  switch (outcome.kind) {
    case "delivered":
      // Of a merged export nobody knows whose the rejected items were: they are counted, but no client is told.
      return told(alone ? outcome.rejected : 0, "the destination refused them");
    case "retry":
      return { kind: "left", request, rest: request, retry: outcome };
    case "rejected":
      return answer;
    case "partial": {
      if (!outcome.rest || answer.kind === "unavailable") return answer;
      const { bytes, items, retry } = outcome.rest;
      const rejected = answer.rejected && { rejected: answer.rejected };
      return { kind: "left", request, rest: partOf(batch, { items, bytes }), retry, ...rejected };
    }
  }
}

function refusedOf({ bytes, items }: ReceivedRequest, outcome: Outcome): readonly RefusedPart[] {
  if (outcome.kind === "partial") return outcome.refused;
  if (outcome.kind !== "rejected") return [];
  const { reason, status, message } = outcome;
  return [{ bytes, items, why: { reason, message, ...(status !== undefined && { status }) } }];
}

function told(items: number, message: string): Acceptance {
  return items > 0 ? { kind: "accepted", rejected: { items, message } } : { kind: "accepted" };
}

function joined(acceptance: Acceptance, rejected: Left["rejected"]): Acceptance {
  if (acceptance.kind === "unavailable" || !rejected) return acceptance;
  const items = rejected.items + (acceptance.rejected?.items ?? 0);
  return { kind: "accepted", rejected: { items, message: rejected.message } };
}

function again({ reason, afterMs = retryAfter.defaultMs }: Retry): Acceptance {
  const retryAfterMs = Math.min(retryAfter.maxMs, Math.max(retryAfter.minMs, Math.ceil(afterMs)));
  return { kind: "unavailable", reason, retryAfterMs };
}
