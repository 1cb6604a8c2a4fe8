import type { Clock } from "../clock.ts";
import type { Queue } from "../queue/queue.ts";
import type { QueueReader } from "../queue/queue-reader.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { discardDeadLetters } from "./discard.ts";
import type { Journal } from "./journal.ts";
import type { ParsedPayload } from "./parse-payload.ts";
import { replayDeadLetters } from "./replay.ts";
import type { DeadLetterReport } from "./report.ts";
import { type ShownDeadLetters, showDeadLetters } from "./show.ts";
import { surveyDeadLetters } from "./survey.ts";

export interface RunOrderOptions {
  readonly reader: QueueReader;
  readonly queue: Queue;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Nothing is started after this, milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly waitSeconds?: number;
}

/** What an answer of 6 MB has room for, with the longest messages of a destination; what is beyond is counted. */
const maxListed = 1000;
const maxContentBytes = 2_500_000;

/** Carries out what was asked for, within its time; the answer has a bounded size and says whether there is `more` to do. */
export function runOrder(
  { action, order }: Extract<ParsedPayload, { kind: "parsed" }>,
  options: RunOrderOptions,
): Promise<DeadLetterReport | ShownDeadLetters> {
  const bounds = { ...options, maxListed };
  switch (action) {
    case "list":
      return surveyDeadLetters(order.selection, { ...bounds, action, leaseSeconds: 60 });
    case "show":
      return showDeadLetters(order.selection.ids ?? new Set(), { ...bounds, maxContentBytes, leaseSeconds: 60 });
    case "replay":
      return replayDeadLetters(order, { ...bounds, leaseSeconds: 120 });
    case "discard":
      return discardDeadLetters(order, { ...bounds, leaseSeconds: 120 });
  }
}
