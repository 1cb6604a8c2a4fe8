import type { Acceptance, ReceivedRequest } from "../batch/accept.ts";
import type { Batch } from "../batch/batch.ts";
import { formats } from "../batch/formats.ts";
import type { Guilty, Outcome, Retry } from "../batch/outcome.ts";
import type { Clock } from "../clock.ts";
import type { PatientDeliver } from "../delivery/retry.ts";
import { partOf } from "../queue/pack.ts";
import type { Emit } from "../telemetry/events.ts";
import type { Commit, Group } from "./group-commit.ts";
import type { Park } from "./park.ts";

export interface DirectCommitOptions {
  readonly deliver: PatientDeliver;
  /** Name of the destination. */
  readonly destination: string;
  /** Puts a group into the queue when the destination cannot take it; absent: its clients keep their data. */
  readonly spill?: Commit;
  /** Puts what was refused for good into the dead-letter queue; absent: its client is told that it was rejected. */
  readonly park?: Park;
  readonly clock: Pick<Clock, "now">;
  readonly emit: Emit;
}

/** Part or all of a request that the destination has neither taken nor refused. */
interface Left {
  readonly kind: "left";
  readonly request: ReceivedRequest;
  readonly retry: Retry;
  /** What else of the request is to be told to its client. */
  readonly rejected?: { readonly items: number; readonly message: string };
}

const retryAfter = { defaultMs: 5000, leastMs: 1000, mostMs: 60_000 };

/**
 * Makes a group durable at the destination itself. What it does not take in time is spilled to the queue; what it refuses
 * for good is parked, or rejected to the very client that sent it (docs/decisions/0072-direct-sink.md).
 */
export function createDirectCommit(options: DirectCommitOptions): Commit {
  const { deliver, destination, clock, emit } = options;

  return async function commit(group, { final }) {
    const alone = group.length === 1;
    const batches = group.map((request) => batchOf(request, alone));
    const outcomes = await deliver(batches, { once: final });
    const results = await Promise.all(
      group.map((request, index) => judge(request, batches[index] as Batch, outcomes[index], alone)),
    );
    const left = results.filter((result) => result.kind === "left");
    const spilled = new Map(left.length > 0 ? await spill(left) : []);
    return results.map((result) => (result.kind === "left" ? (spilled.get(result) ?? again(result.retry)) : result));
  };

  function batchOf({ format, tenant, items, bytes, gzip }: ReceivedRequest, alone: boolean): Batch {
    const acceptedAt = Math.floor(clock.now());
    const address = { format, destination, ...(tenant !== undefined && { tenant }) };
    const common = { ...address, items, bytes: bytes.length, acceptedAt };
    if (alone && gzip) return { ...common, encoding: "gzip", payload: gzip };
    return { ...common, encoding: "identity", payload: bytes };
  }

  async function judge(
    request: ReceivedRequest,
    batch: Batch,
    outcome: Outcome = { kind: "retry", reason: "no outcome", down: false },
    alone = false,
  ): Promise<Acceptance | Left> {
    switch (outcome.kind) {
      case "delivered":
        // Of a merged export nobody knows whose the rejected items were: they are counted, but no client is told.
        return told(alone ? outcome.rejected : 0, "the destination refused them");
      case "retry":
        return { kind: "left", request, retry: outcome };
      case "park": {
        const { reason, status, message } = outcome;
        const guilt = { reason, message, ...(status !== undefined && { status }) };
        return condemn(batch, [{ bytes: request.bytes, items: request.items, guilt }]);
      }
      case "narrowed": {
        const condemned = await condemn(batch, outcome.guilty);
        if (!outcome.rest || condemned.kind === "unavailable") return condemned;
        const { bytes, items, retry } = outcome.rest;
        const rejected = condemned.rejected && { rejected: condemned.rejected };
        return { kind: "left", request: partOf(batch, { items, bytes }), retry, ...rejected };
      }
    }
  }

  async function condemn(batch: Batch, guilty: readonly Guilty[]): Promise<Acceptance> {
    const [first] = guilty;
    if (!first) return { kind: "accepted" };
    const parked = await options.park?.(batch, guilty);
    if (parked === "parked") return { kind: "accepted" };
    if (parked === "failed")
      return again({ kind: "retry", reason: "the dead-letter queue is unavailable", down: false });
    const items = guilty.reduce((sum, part) => sum + part.items, 0);
    return told(items, first.guilt.message);
  }

  async function spill(left: readonly Left[]): Promise<(readonly [Left, Acceptance])[]> {
    if (!options.spill) return [];
    const requests = left.map(({ request }) => request);
    const acceptances = await options.spill(requests as unknown as Group, { final: true });
    const taken = requests.filter((_, index) => acceptances[index]?.kind === "accepted");
    const [first] = taken;
    if (first) {
      const items = taken.reduce((sum, request) => sum + request.items, 0);
      const bytes = taken.reduce((sum, request) => sum + request.bytes.length, 0);
      emit("batch.spilled", {
        signal: formats[first.format].signal,
        items,
        bytes,
        reason: left[0]?.retry.down ? "outage" : "stopping",
      });
    }
    return left.map((each, index) => [each, joined(acceptances[index] ?? again(each.retry), each.rejected)]);
  }
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
  const retryAfterMs = Math.min(retryAfter.mostMs, Math.max(retryAfter.leastMs, Math.ceil(afterMs)));
  return { kind: "unavailable", reason, retryAfterMs };
}
