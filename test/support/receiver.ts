import type { Acceptance } from "../../shared/batch/sink.ts";
import type { HttpRequest } from "../../shared/http/message.ts";
import { createReceive, type ReceiveOptions } from "../../shared/http/receive.ts";
import { oneSpan } from "./cases/bodies.ts";
import { type EmittedEvent, recordEvents } from "./record-events.ts";
import { createRecordingSink } from "./recording-sink.ts";

interface Setup extends Partial<ReceiveOptions> {
  readonly acceptance?: Acceptance;
}

/** A receiver over a recording sink, with whatever is to be different. */
export function setUpReceive({ acceptance, ...options }: Setup = {}) {
  const { sink, received } = createRecordingSink(acceptance);
  const events: EmittedEvent[] = [];
  const receive = createReceive({ sink, emit: recordEvents(events), maxBodyBytes: 1_000_000, ...options });
  return { receive, received, events };
}

/** A request of one span in protobuf, with whatever is to be different. */
export function request(given: Partial<HttpRequest> = {}): HttpRequest {
  const headers = { "content-type": "application/x-protobuf" };
  return { method: "POST", path: "/v1/traces", headers, body: oneSpan, ...given };
}
