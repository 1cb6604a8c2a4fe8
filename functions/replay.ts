import { parsePayload } from "../shared/dead-letters/parse-payload.ts";
import type { DeadLetterReport } from "../shared/dead-letters/report.ts";
import { type RunOrderOptions, runOrder } from "../shared/dead-letters/run-order.ts";
import type { ShownDeadLetters } from "../shared/dead-letters/show.ts";

export interface ReplayFunctionOptions extends Omit<RunOrderOptions, "deadlineAt" | "waitSeconds"> {
  /** Time kept for what is in hand when the invocation ends: a send, a deletion and their timeouts; default 75 s. */
  readonly reserveMs?: number;
}

/** Answers a payload such as `{"action": "replay", "signal": "logs", "dryRun": true}` with the same report as the command line. */
export type ReplayFunction = (
  payload: unknown,
  context: { getRemainingTimeInMillis(): number },
) => Promise<DeadLetterReport | ShownDeadLetters>;

/** Lists, shows, replays and discards dead letters when it is invoked, never by a queue. Rejects when the payload is wrong. */
export function createReplay(options: ReplayFunctionOptions): ReplayFunction {
  const { clock, reserveMs = 75_000 } = options;

  return async function replay(payload, context) {
    const parsed = parsePayload(payload, clock.now());
    if (parsed.kind === "wrong") throw new Error(parsed.message);
    const deadlineAt = clock.now() + context.getRemainingTimeInMillis() - reserveMs;
    return runOrder(parsed, { ...options, deadlineAt });
  };
}
