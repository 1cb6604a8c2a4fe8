import type { Accept, Acceptance, ReceivedRequest } from "../batch/accept.ts";
import { formats } from "../batch/formats.ts";
import type { SignalName } from "../signal.ts";

/** A way to one destination, and the signals that it gets. */
export interface Target {
  readonly accept: Accept;
  readonly signals: readonly SignalName[];
}

/**
 * Hands a request to every destination of its signal: accepted when it is durable for all of them. Where one cannot take it the
 * client sends it again, to all: at least once, as everywhere.
 */
export function createFanOut(targets: readonly Target[]): Accept {
  return async (request, abort) => {
    const { signal } = formats[request.format];
    const chosen = targets.filter(({ signals }) => signals.includes(signal));
    const acceptances = await Promise.all(chosen.map(({ accept }) => accept(copyOf(request), abort)));
    return acceptances.reduce<Acceptance>(worse, { kind: "accepted" });
  };
}

/** Grouping goes by identity: each destination gets an object of its own, with the same bytes. */
function copyOf(request: ReceivedRequest): ReceivedRequest {
  return { ...request };
}

function worse(one: Acceptance, other: Acceptance): Acceptance {
  if (one.kind === "unavailable" && other.kind === "unavailable") {
    return other.retryAfterMs > one.retryAfterMs ? other : one;
  }
  if (one.kind === "unavailable") return one;
  if (other.kind === "unavailable") return other;
  return (other.rejected?.items ?? 0) > (one.rejected?.items ?? 0) ? other : one;
}
