import type { Acceptance, ReceivedRequest, Sink } from "../../../shared/batch/accept.ts";

/** A sink that keeps what it is given and answers as told. */
export function createRecordingSink(acceptance: Acceptance = { kind: "accepted" }): {
  readonly sink: Sink;
  readonly received: ReceivedRequest[];
} {
  const received: ReceivedRequest[] = [];
  const sink: Sink = {
    async accept(request) {
      received.push(request);
      return acceptance;
    },
  };
  return { sink, received };
}
