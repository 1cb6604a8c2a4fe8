import type { SQSBatchResponse } from "aws-lambda";
import { createOwnGroups, groupsOfStage } from "../shared/aws-events/cloudwatch-logs/own-groups.ts";
import { type LogsData, noLogs, readLogsData } from "../shared/aws-events/cloudwatch-logs/read-logs-data.ts";
import type { Accept } from "../shared/batch/accept.ts";
import type { Clock } from "../shared/clock.ts";
import type { KeepRefusedRecords } from "../shared/commit/keep-refused-records.ts";
import { acceptRequest } from "../shared/receivers/accept-request.ts";
import type { Emit } from "../shared/telemetry/events.ts";
import type { InvocationContext } from "./http-event.ts";
import { type FailedInvocation, failedInvocations, logsDataOf } from "./logs-event.ts";

export interface LogsOptions {
  readonly accept: Accept;
  readonly emit: Emit;
  readonly clock: Pick<Clock, "now">;
  /** Most bytes of an event once inflated. */
  readonly maxBytes: number;
  readonly stage: string;
  /** The function's own log group, whatever it is called. */
  readonly ownGroup?: string | undefined;
  /** The function's region: that of the groups that are subscribed. */
  readonly region?: string | undefined;
  readonly withMetrics: () => boolean;
  /** Dead-letters what cannot be used; whether it is durable. */
  readonly keepRefused: KeepRefusedRecords;
}

/** An event that was read, and what it was read from. */
interface Opened {
  readonly data: LogsData;
  /** What is kept of it where part of it cannot be used. */
  readonly bytes: Uint8Array;
}

/** An invocation that was read: what is `quiet` is done, and writes no line that a subscription would bring back. */
export type OpenedLogs =
  | { readonly kind: "quiet" }
  | ({ readonly kind: "logs" } & Opened)
  | { readonly kind: "failed-before"; readonly invocations: readonly FailedInvocation[] };

/** Logs of a subscription, in two steps: reading, which is silent, and making durable. */
export interface Logs {
  open(event: unknown): OpenedLogs;
  /**
   * Resolves when everything in it is durable: as telemetry, or as a dead letter where it cannot be used. Rejects otherwise: Lambda invokes
   * again, and then gives the event to the queue for failed ones. Of events from that queue those that fail again are named, and stay.
   */
  take(opened: OpenedLogs, context?: InvocationContext): Promise<SQSBatchResponse | undefined>;
}

const transport = "cloudwatch-logs";
const notOfSubscription = "it is not the event of a CloudWatch Logs subscription";
const unavailable = "The queue does not take the events: Lambda sends them again.";
/** Time kept for the answer before the invocation ends. */
const reservedMs = 1000;

/** Takes what subscriptions of CloudWatch Logs send (Lambda guide, "Using Lambda with CloudWatch Logs"). */
export function createLogs(options: LogsOptions): Logs {
  const { accept, emit, clock, maxBytes, stage, ownGroup, region, withMetrics, keepRefused } = options;
  const isOwnGroup = createOwnGroups([...groupsOfStage(stage), ...(ownGroup ? [ownGroup] : [])]);

  return {
    open(event) {
      const invocations = failedInvocations(event);
      if (invocations) return { kind: "failed-before", invocations };
      const opened = read(logsDataOf(event), () => JSON.stringify(event) ?? "");
      const { data } = opened;
      if (data.ownEvents > 0) emit("logs.own", { events: data.ownEvents });
      const isQuiet = data.requests.length === 0 && data.problems.length === 0;
      return isQuiet ? { kind: "quiet" } : { kind: "logs", ...opened };
    },

    async take(opened, context) {
      const left = context && context.getRemainingTimeInMillis() - reservedMs;
      const abort = left === undefined ? undefined : AbortSignal.timeout(Math.max(1, left));
      switch (opened.kind) {
        case "quiet":
          return undefined;
        case "logs":
          if (!(await makeDurable(opened, abort))) throw new Error(unavailable);
          return undefined;
        case "failed-before":
          return { batchItemFailures: await takeAgain(opened.invocations, abort) };
      }
    },
  };

  function read(bytes: Uint8Array | undefined, text: () => string): Opened {
    if (!bytes) return { data: { ...noLogs, problems: [notOfSubscription] }, bytes: new TextEncoder().encode(text()) };
    const convert = { region, withMetrics: withMetrics(), observedMs: clock.now() };
    return { data: readLogsData(bytes, { maxBytes, isOwnGroup, ...convert }), bytes };
  }

  async function makeDurable({ data, bytes }: Opened, abort?: AbortSignal): Promise<boolean> {
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
  }

  /** One after the other, as they were: each is as large as an invocation may be. */
  async function takeAgain(invocations: readonly FailedInvocation[], abort?: AbortSignal) {
    const failures: { itemIdentifier: string }[] = [];
    for (const { messageId, body, payload } of invocations) {
      const isDurable = await makeDurable(
        read(logsDataOf(payload), () => body),
        abort,
      );
      if (!isDurable) failures.push({ itemIdentifier: messageId });
    }
    return failures;
  }
}
