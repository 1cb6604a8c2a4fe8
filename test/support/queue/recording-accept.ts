import type { Accept, Acceptance, ReceivedRequest } from "../../../shared/batch/accept.ts";

/** Keeps what it is given and answers as told. */
export function createRecordingAccept(acceptance: Acceptance = { kind: "accepted" }): {
  readonly accept: Accept;
  readonly received: ReceivedRequest[];
} {
  const received: ReceivedRequest[] = [];
  const accept: Accept = async (request) => {
    received.push(request);
    return acceptance;
  };
  return { accept, received };
}
