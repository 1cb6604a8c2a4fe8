import type { Batch } from "../batch/batch.ts";
import { formats } from "../batch/formats.ts";
import type { Retry } from "../batch/outcome.ts";
import { type Clock, monotonic } from "../clock.ts";
import type { Emit } from "../telemetry/events/events.ts";
import type { Circuit } from "./circuit-breaker.ts";
import type { DeliverContext } from "./deliver-context.ts";
import type { Payload } from "./exporter.ts";
import type { Send } from "./send.ts";
import type { Delivered, Refusal, Verdict } from "./verdict.ts";

/** What came of one attempt, for the data: whatever is nobody's fault or the operator's is a retry. */
export type Attempted = Delivered | Refusal | Retry;

/** What came of it, and the verdict that says so; absent where nothing was sent. */
export interface Attempt {
  readonly attempted: Attempted;
  readonly verdict?: Verdict;
}

export interface AttemptOptions {
  readonly send: Send;
  readonly circuit: Circuit;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Most time of one export, milliseconds. */
  readonly exportTimeoutMs: number;
}

/** What is sent, ready on the wire. */
export interface Load extends Payload, Pick<Batch, "destination" | "items"> {
  /** How many batches it is made of. */
  readonly batches: number;
  /** When the oldest of them was taken, in milliseconds since 1970. */
  readonly acceptedAt: number;
}

/** An attempt is not worth starting with less time than this. */
const minExportMs = 1000;

/**
 * Makes a load and sends it once, if the destination is not down and the time suffices, and tells what happened. It is not
 * even made otherwise: merging and compressing cost more than all else, and an outage is long. What it means for the circuit
 * is said by who knows what else was sent.
 */
export async function attempt(
  make: () => Load | Promise<Load>,
  context: DeliverContext & { /** Belongs to a trial that went ahead. */ readonly isTrial?: boolean },
  options: AttemptOptions,
): Promise<Attempt> {
  const { clock, circuit, send, exportTimeoutMs } = options;
  const { deadlineAt = Number.POSITIVE_INFINITY, abort, isTrial = false } = context;
  if (abort?.aborted || deadlineAt - monotonic(clock) < Math.min(minExportMs, exportTimeoutMs)) {
    return { attempted: { kind: "retry", cause: "not-tried", reason: "no time left" } };
  }
  const blocked = isTrial ? undefined : circuit.blocked();
  if (blocked) {
    const { reason, afterMs } = blocked;
    return { attempted: { kind: "retry", cause: "outage", reason: `waiting: ${reason}`, afterMs } };
  }
  const load = await make();
  const startedAt = monotonic(clock);
  const timeoutMs = Math.max(1, Math.min(exportTimeoutMs, deadlineAt - startedAt));
  const verdict = await send({ ...load, timeoutMs, ...(abort && { abort }) });
  if (abort?.aborted && verdict.kind === "retry") {
    circuit.withdraw();
    return { attempted: { kind: "retry", cause: "not-tried", reason: "stopped" } };
  }
  return { attempted: tell(load, verdict, monotonic(clock) - startedAt), verdict };

  function tell(
    { batches, items, acceptedAt, body: { length: bytes } }: Load,
    answered: Verdict,
    durationMs: number,
  ): Attempted {
    const { emit } = options;
    const { destination } = load;
    const labels = { signal: formats[load.format].signal, destination };
    switch (answered.kind) {
      case "delivered": {
        const rejected = Math.min(items, answered.rejected);
        const ageMs = Math.max(0, Math.round(clock.now() - acceptedAt));
        emit("export.delivered", { ...labels, items: items - rejected, batches, bytes, durationMs, ageMs });
        const { message } = answered;
        if (message !== undefined && rejected > 0) emit("export.partial", { ...labels, items: rejected, message });
        else if (message !== undefined) emit("export.warned", { ...labels, items, message });
        return { ...answered, rejected };
      }
      case "retry": {
        const { throttled, ...retry } = answered;
        const { reason, afterMs } = retry;
        emit("export.retry", { ...labels, items, batches, reason, afterMs: afterMs ?? 0 });
        return { ...retry, cause: throttled && batches === 1 ? "throttled" : "failed" };
      }
      case "misconfigured": {
        const { status, message } = answered;
        emit("destination.misconfigured", { destination, status, message });
        return { kind: "retry", cause: "failed", reason: message };
      }
      case "refused":
        return answered;
    }
  }
}
