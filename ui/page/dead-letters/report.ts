import type {
  DeadLetterEntry,
  DeadLetterGroup,
  DeadLetterOutcome,
  DeadLetterReport,
} from "../../../shared/dead-letters/report.ts";
import { post } from "../ask.ts";

/** Which dead letters an order means, as the admin port takes it. */
export type Selection = Readonly<Record<string, string | readonly string[]>>;

/** What of a walk is sent, a portion at a time, so that it can be followed and stopped. */
export interface Progress {
  readonly done: number;
  readonly items: number;
  readonly failed: number;
  readonly of: number;
}

/** Carries out one order about dead letters. */
export function order(action: string, body: object = {}): Promise<DeadLetterReport> {
  return post<DeadLetterReport>(`dead-letters/${action}`, body);
}

/** Items of the letters of which this became; of a report that lists not all one by one, of all but the listed others. */
export function itemsOf(
  { letters, counts, omitted }: DeadLetterReport,
  outcomes: readonly DeadLetterOutcome[],
): number {
  const sum = (list: readonly DeadLetterEntry[]) => list.reduce((total, { items }) => total + items, 0);
  const others = letters.filter(({ outcome }) => !outcomes.includes(outcome));
  return omitted === 0 ? sum(letters) - sum(others) : counts.items - sum(others);
}

/** Whether a letter is one of a group. */
export function isIn(group: DeadLetterGroup, letter: DeadLetterEntry): boolean {
  return (
    group.signal === (letter.signal ?? "unknown") &&
    group.reason === letter.reason &&
    (group.services === (letter.services.join(", ") || "unknown") || group.services === "others")
  );
}

/** The letters of a group: by their ids where all are listed, otherwise by what they have in common. */
export function selectionOf(group: DeadLetterGroup, letters: readonly DeadLetterEntry[]): Selection {
  const own = letters.filter((letter) => isIn(group, letter));
  const isNamed = !group.services.includes(", ") && !["unknown", "others"].includes(group.services);
  if (own.length === group.letters || !isNamed || group.signal === "unknown") return { ids: own.map(({ id }) => id) };
  return { signal: group.signal, service: group.services, reason: group.reason };
}

export interface Portions {
  readonly action: "replay" | "discard";
  readonly body: object;
  /** Most letters of one request. */
  readonly size: number;
  /** Letters in all. */
  readonly of: number;
  readonly stop: AbortSignal;
  onProgress(progress: Progress): void;
}

/** Sends an order in portions until nothing is left, nothing moves any more, or it is stopped. */
export async function inPortions({ action, body, size, of, stop, onProgress }: Portions): Promise<Progress> {
  let progress: Progress = { done: 0, items: 0, failed: 0, of };
  while (!stop.aborted) {
    const report = await order(action, { ...body, max: size });
    const { counts, ended } = report;
    const moved = counts.replayed + counts.discarded;
    const done = progress.done + moved;
    progress = {
      of: Math.max(of, done),
      done,
      items: progress.items + itemsOf(report, ["replayed", "discarded"]),
      failed: progress.failed + counts.failed,
    };
    onProgress(progress);
    if (moved === 0 || ended === "all") break;
  }
  return progress;
}
