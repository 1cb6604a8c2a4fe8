import type { Accept, Acceptance, ReceivedRequest } from "../batch/accept.ts";
import { formats } from "../batch/formats.ts";
import type { Clock } from "../clock.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { encodeFor, payloadRoom } from "./envelope.ts";
import { pack } from "./pack.ts";
import type { Queue } from "./queue.ts";

export interface EnqueueOptions {
  readonly queue: Queue;
  /** Name of the destination that the batches are for. */
  readonly destination: string;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Most bytes, uncompressed, of a batch of several items: what one export may hold (`maxExportBytes`). */
  readonly maxBatchBytes: number;
  /** What clients are told when the queue does not take a request; default 5 s. */
  readonly retryAfterMs?: number;
  /**
   * The queue stands in for the destination, which may take what the queue cannot: such a request is unavailable, to be sent again,
   * never rejected.
   */
  readonly isDetour?: boolean;
}

/** Makes a request durable in a queue: accepted only when the queue has confirmed every part of it. */
export function createEnqueue(options: EnqueueOptions): Accept {
  const { queue, destination, clock, emit, maxBatchBytes, retryAfterMs = 5000, isDetour = false } = options;

  return async function enqueue(request: ReceivedRequest, abort?: AbortSignal): Promise<Acceptance> {
    const { signal } = formats[request.format];
    if (request.items === 0) return { kind: "accepted" };
    const limit = queue.messageLimit?.();
    const packed = await packFor(request, limit);
    if (isDetour && packed.rejected) {
      const reason = `the queue cannot hold it until the destination is back: ${packed.rejected.message}`;
      return { kind: "unavailable", reason, retryAfterMs };
    }
    const { batches, rejected } = packed;
    const bodies = batches.map((batch) => encodeFor(queue, batch));
    const sent = await queue.send(bodies, abort);
    // It said what its limit is: what is smaller may pass.
    if (sent.kind === "failed" && (queue.messageLimit?.() ?? 0) < (limit ?? 0)) return enqueue(request, abort);
    if (sent.kind === "failed") {
      emit("queue.failed", { operation: "send", reason: sent.reason });
      return { kind: "unavailable", reason: sent.reason, retryAfterMs: sent.retryAfterMs ?? retryAfterMs };
    }
    const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
    const items = batches.reduce((sum, batch) => sum + batch.items, 0);
    emit("batch.queued", { signal, batches: batches.length, items, bytes });
    return rejected ? { kind: "accepted", rejected } : { kind: "accepted" };
  };

  function packFor(request: ReceivedRequest, limit: number | undefined) {
    const acceptedAt = Math.floor(clock.now());
    const room = limit === undefined ? {} : { maxPayloadBytes: payloadRoom(limit) };
    return pack(request, { destination, acceptedAt, maxBatchBytes, ...room });
  }
}
