import type { Accept } from "../shared/batch/accept.ts";
import type { KeepRefusedRecords } from "../shared/commit/keep-refused-records.ts";
import { acceptRequest } from "../shared/receivers/accept-request.ts";
import type { Emit } from "../shared/telemetry/events/events.ts";
import type { OpenedEvent } from "./read-logs-event.ts";

export interface KeepLogsOptions {
  readonly accept: Accept;
  readonly emit: Emit;
  readonly region?: string | undefined;
  /** Dead-letters what cannot be used; whether it is durable. */
  readonly keepRefused: KeepRefusedRecords;
}

/** Whether all of an event is durable: as telemetry, or as a dead letter where it cannot be used. */
export type KeepLogs = (opened: OpenedEvent, abort?: AbortSignal) => Promise<boolean>;

const transport = "cloudwatch-logs";

/** Makes the logs and metrics of an event durable, request by request. */
export function createKeepLogs({ accept, emit, region, keepRefused }: KeepLogsOptions): KeepLogs {
  return async function keepLogs({ data, bytes }, abort) {
    const { requests, droppedPoints, problems } = data;
    if (droppedPoints > 0) emit("logs.points-dropped", { points: droppedPoints });
    for (const request of requests) {
      const acceptance = await acceptRequest(request, { accept, emit, transport, abort });
      if (acceptance.kind === "unavailable") return false;
    }
    const [problem] = problems;
    if (problem === undefined) return true;
    const message = `What the subscription sent cannot be used: ${problem}.`;
    const refused = { reason: "unreadable", message, bytes };
    emit("records.refused", { source: transport, ...refused, records: problems.length, bytes: bytes.length });
    return keepRefused([refused], region === undefined ? [] : [{ name: "cloud.region", value: region }]);
  };
}
