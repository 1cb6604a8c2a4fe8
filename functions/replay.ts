import type { Clock } from "../shared/clock.ts";
import { discardLetters } from "../shared/dead-letters/discard.ts";
import type { Journal } from "../shared/dead-letters/journal.ts";
import { parsePayload } from "../shared/dead-letters/parse-payload.ts";
import { replayLetters } from "../shared/dead-letters/replay.ts";
import type { LetterReport } from "../shared/dead-letters/report.ts";
import { type ShownLetters, showLetters } from "../shared/dead-letters/show.ts";
import { surveyLetters } from "../shared/dead-letters/survey.ts";
import type { Queue } from "../shared/queue/queue.ts";
import type { QueueReader } from "../shared/queue/queue-reader.ts";
import type { Emit } from "../shared/telemetry/events.ts";

export interface ReplayFunctionOptions {
  readonly reader: QueueReader;
  readonly queue: Queue;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Time kept for what is in hand when the invocation ends: a send, a deletion and their timeouts; default 75 s. */
  readonly reserveMs?: number;
}

/** Answers a payload such as `{"action": "replay", "signal": "logs", "dryRun": true}` with the same report as the command line. */
export type ReplayFunction = (
  payload: unknown,
  context: { getRemainingTimeInMillis(): number },
) => Promise<LetterReport | ShownLetters>;

/** What an answer of 6 MB has room for, with the longest messages of a destination; what is beyond is counted. */
const maxListed = 1000;
const maxContentBytes = 2_500_000;

/** Lists, shows, replays and discards dead letters when it is invoked, never by a queue. Rejects when the payload is wrong. */
export function createReplay(options: ReplayFunctionOptions): ReplayFunction {
  const { clock, reserveMs = 75_000 } = options;

  return async function replay(payload, context) {
    const parsed = parsePayload(payload, clock.now());
    if (parsed.kind === "wrong") throw new Error(parsed.message);
    const { action, order } = parsed;
    const deadlineAt = clock.now() + context.getRemainingTimeInMillis() - reserveMs;
    const bounds = { ...options, deadlineAt, maxListed };
    switch (action) {
      case "list":
        return surveyLetters(order.selection, { ...bounds, action, leaseSeconds: 60 });
      case "show":
        return showLetters(order.selection.ids ?? new Set(), { ...bounds, maxContentBytes, leaseSeconds: 60 });
      case "replay":
        return replayLetters(order, { ...bounds, leaseSeconds: 120 });
      case "discard":
        return discardLetters(order, { ...bounds, leaseSeconds: 120 });
    }
  };
}
