import type { KeepLogs } from "./keep-logs.ts";
import { type FailedInvocation, logsDataOf } from "./logs-event.ts";
import type { ReadLogsEvent } from "./read-logs-event.ts";

export interface TakeAgainOptions {
  readonly read: ReadLogsEvent;
  readonly keep: KeepLogs;
  readonly abort?: AbortSignal | undefined;
}

/**
 * Makes invocations durable that had failed, one after the other, as they were: each is as large as an invocation may be. Those that fail
 * again.
 */
export async function takeAgain(invocations: readonly FailedInvocation[], { read, keep, abort }: TakeAgainOptions) {
  const failures: { itemIdentifier: string }[] = [];
  for (const { messageId, body, payload } of invocations) {
    const opened = read(logsDataOf(payload), () => body);
    if (!(await keep(opened, abort))) failures.push({ itemIdentifier: messageId });
  }
  return failures;
}
