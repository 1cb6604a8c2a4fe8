import type { SQSBatchResponse } from "aws-lambda";
import type { InvocationContext } from "./http-event.ts";
import { createKeepLogs, type KeepLogsOptions } from "./keep-logs.ts";
import { type FailedInvocation, failedInvocations, logsDataOf } from "./logs-event.ts";
import { createReadLogsEvent, type OpenedEvent, type ReadLogsEventOptions } from "./read-logs-event.ts";
import { takeAgain } from "./take-again.ts";

export type LogsOptions = ReadLogsEventOptions & KeepLogsOptions;

/** An invocation that was read: what is `quiet` is done, and writes no line that a subscription would bring back. */
export type OpenedLogs =
  | { readonly kind: "quiet" }
  | ({ readonly kind: "logs" } & OpenedEvent)
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

/** Time kept for the answer before the invocation ends. */
const reservedMs = 1000;

/** Takes what subscriptions of CloudWatch Logs send (Lambda guide, "Using Lambda with CloudWatch Logs"). */
export function createLogs(options: LogsOptions): Logs {
  const { emit } = options;
  const read = createReadLogsEvent(options);
  const keep = createKeepLogs(options);

  return {
    open(event) {
      const invocations = failedInvocations(event);
      if (invocations) return { kind: "failed-before", invocations };
      const opened = read(logsDataOf(event), () => JSON.stringify(event) ?? "");
      const { ownEvents, requests, problems } = opened.data;
      if (ownEvents > 0) emit("logs.own", { events: ownEvents });
      const isQuiet = requests.length === 0 && problems.length === 0;
      return isQuiet ? { kind: "quiet" } : { kind: "logs", ...opened };
    },

    async take(opened, context) {
      const left = context && context.getRemainingTimeInMillis() - reservedMs;
      const abort = left === undefined ? undefined : AbortSignal.timeout(Math.max(1, left));
      switch (opened.kind) {
        case "quiet":
          return undefined;
        case "logs":
          if (!(await keep(opened, abort)))
            throw new Error("The queue does not take the events: Lambda sends them again.");
          return undefined;
        case "failed-before":
          return { batchItemFailures: await takeAgain(opened.invocations, { read, keep, abort }) };
      }
    },
  };
}
