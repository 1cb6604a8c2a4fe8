import type { Acceptance } from "../../../shared/batch/accept.ts";
import type { HttpRequest } from "../../../shared/http/message.ts";
import { createReceive, type ReceiveOptions } from "../../../shared/receivers/otlp-http/receive.ts";
import { oneSpan } from "../otlp/cases/bodies.ts";
import { createRecordingAccept } from "../queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../record-events.ts";

interface Setup extends Partial<ReceiveOptions> {
  readonly acceptance?: Acceptance;
}

/** A receiver that keeps what it accepts, with whatever is to be different. */
export function setUpReceive({ acceptance, ...options }: Setup = {}) {
  const { accept, received } = createRecordingAccept(acceptance);
  const events: EmittedEvent[] = [];
  const receive = createReceive({ accept, emit: recordEvents(events), maxBodyBytes: 1_000_000, ...options });
  return { receive, received, events };
}

/** A request of one span in protobuf, with whatever is to be different. */
export function request(given: Partial<HttpRequest> = {}): HttpRequest {
  const headers = { "content-type": "application/x-protobuf" };
  return { method: "POST", path: "/v1/traces", headers, body: oneSpan, ...given };
}
