import type { Accept, Acceptance, ReceivedRequest } from "../batch/accept.ts";
import { formats } from "../batch/formats.ts";
import type { Emit, TransportName } from "../telemetry/events/events.ts";

export interface AcceptRequestOptions {
  readonly accept: Accept;
  readonly emit: Emit;
  /** How the request came, for events. */
  readonly transport: TransportName;
  readonly abort?: AbortSignal | undefined;
}

/** Makes a valid request durable and says so, the same for every protocol; an empty one is valid and has nothing to keep. */
export async function acceptRequest(request: ReceivedRequest, options: AcceptRequestOptions): Promise<Acceptance> {
  const { accept, emit, transport, abort } = options;
  const { format, items, bytes } = request;
  const { signal } = formats[format];
  const acceptance: Acceptance = bytes.length === 0 ? { kind: "accepted" } : await accept(request, abort);
  if (acceptance.kind === "unavailable") {
    // The reason names machines and accounts: it is for the operator's log, never for the client.
    const { reason, retryAfterMs, limit } = acceptance;
    if (limit !== undefined) {
      emit("request.limited", { signal, transport, sender: request.sender?.name ?? "", limit, retryAfterMs });
      return acceptance;
    }
    emit("request.unavailable", { signal, transport, reason, retryAfterMs });
    return acceptance;
  }
  const { rejected } = acceptance;
  emit("request.accepted", { signal, transport, items: items - (rejected?.items ?? 0), bytes: bytes.length });
  if (rejected) emit("items.rejected", { signal, ...rejected });
  return acceptance;
}
