import type { Accept, ReceivedRequest } from "../batch/accept.ts";
import { formats } from "../batch/formats.ts";
import type { Sender } from "../sender.ts";
import type { Emit } from "../telemetry/events/events.ts";
import type { SenderLimits } from "./sender-limits.ts";

export interface WithSendersOptions {
  readonly limits: SenderLimits;
  readonly emit: Emit;
}

/**
 * What its sender's settings say of a request, before it is accepted: limits, tenant, attributes. Requests of nobody in particular
 * pass as they are.
 */
export function withSenders(accept: Accept, { limits, emit }: WithSendersOptions): Accept {
  return async (request, abort) => {
    const { sender, items } = request;
    if (!sender) return accept(request, abort);
    const bytes = request.bytes.length;
    const admission = limits.admit(sender, { bytes, items });
    if (admission.kind === "limited") {
      const { limit, retryAfterMs } = admission;
      return { kind: "unavailable", reason: `over the limit of ${sender.name}: ${limit}`, retryAfterMs, limit };
    }
    let outcome: "accepted" | "not accepted" = "not accepted";
    try {
      const acceptance = await accept(await asOf(sender, request), abort);
      if (acceptance.kind === "accepted") {
        outcome = "accepted";
        const taken = items - (acceptance.rejected?.items ?? 0);
        emit("sender.accepted", { sender: sender.name, signal: formats[request.format].signal, items: taken, bytes });
      }
      return acceptance;
    } finally {
      admission.done(outcome);
    }
  };
}

/** The request with the tenant and the attributes of its sender. */
async function asOf({ tenant, attributes }: Sender, request: ReceivedRequest): Promise<ReceivedRequest> {
  const own = tenant === undefined ? request : { ...request, tenant };
  if (attributes.size === 0) return own;
  // Most senders have none: what changes bytes is loaded where one has.
  const { createResourceMerge } = await import("../processors/resource-attributes.ts");
  const merge = createResourceMerge(attributes, { override: true });
  const merged = merge(request.bytes, formats[request.format].signal);
  if (merged.kind !== "passed" || merged.bytes === request.bytes) return own;
  const { gzip: _stale, ...rest } = own;
  return { ...rest, bytes: merged.bytes };
}

/** The way to a destination, for the senders that chose it and for those that chose none. */
export function forChosen(destination: string, accept: Accept): Accept {
  return async (request, abort) => {
    const { destinations } = request.sender ?? {};
    if (destinations && !destinations.includes(destination)) return { kind: "accepted" };
    return accept(request, abort);
  };
}
