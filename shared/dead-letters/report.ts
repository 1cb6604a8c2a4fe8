import type { SignalName } from "../signal.ts";
import type { DeadLetterSummary, ReasonClass } from "./dead-letter.ts";
import { type Staleness, stalenessOf } from "./staleness.ts";
import type { WalkEnd } from "./walk.ts";

/** What became of one letter; `planned` in a dry run only. */
export type DeadLetterOutcome = "replayed" | "discarded" | "kept" | "failed" | "planned";

export interface DeadLetterNote {
  readonly outcome: DeadLetterOutcome;
  /** Why it was kept or failed. */
  readonly why?: string;
  /** An earlier replay was interrupted while it sent this letter: the destination may get it twice. */
  readonly maybeTwice?: true;
  /** An earlier replay had sent it; it was only deleted now. */
  readonly finished?: true;
  /** It was sent, but the deletion is not confirmed: it may be in the dead-letter queue still. */
  readonly unconfirmed?: true;
}

export type DeadLetterEntry = DeadLetterSummary & DeadLetterNote & { readonly stale?: Staleness };

export interface DeadLetterGroup {
  readonly signal: SignalName | "unknown";
  readonly services: string;
  readonly reason: ReasonClass;
  letters: number;
  items: number;
  bytes: number;
  oldestDeadLetteredAt: number;
  newestDeadLetteredAt: number;
  firstExpiresAt: number;
  /** Dead letters whose data the destination will probably refuse for its age. */
  stale: number;
}

/** What an order does with the letters that it selects. */
export type Action = "list" | "show" | "export" | "replay" | "discard";

/** What a command or the function did: the one document that both answer with. */
export interface DeadLetterReport extends WalkEnd {
  readonly action: Action;
  readonly dryRun: boolean;
  /** Whether the same command has more to do: it did not see everything, or not everything worked. */
  readonly more: boolean;
  readonly counts: Readonly<Record<DeadLetterOutcome, number>> & {
    /** Dead letters that the selection leaves out. */
    readonly notSelected: number;
    readonly items: number;
    readonly maybeTwice: number;
    readonly finished: number;
    readonly unconfirmed: number;
  };
  readonly groups: readonly DeadLetterGroup[];
  readonly letters: readonly DeadLetterEntry[];
  /** Dead letters beyond the most that are listed one by one. */
  readonly omitted: number;
}

export interface Recorder {
  leave(letters: number): void;
  note(letter: DeadLetterSummary, note: DeadLetterNote): void;
  report(end: WalkEnd): DeadLetterReport;
}

export interface RecorderOptions {
  readonly action: Action;
  readonly dryRun?: boolean;
  readonly now: () => number;
  /** Most letters that are listed one by one; default 100,000. */
  readonly maxListed?: number;
}

/** Beyond these, services of letters are grouped as `others`. */
const maxGroups = 1000;

/** Gathers what became of the letters into a report. */
export function createRecorder({ action, dryRun = false, now, maxListed = 100_000 }: RecorderOptions): Recorder {
  const outcomes = { replayed: 0, discarded: 0, kept: 0, failed: 0, planned: 0 };
  const counts = { ...outcomes, notSelected: 0, items: 0, maybeTwice: 0, finished: 0, unconfirmed: 0 };
  const groups = new Map<string, DeadLetterGroup>();
  const letters: DeadLetterEntry[] = [];
  let omitted = 0;

  function note(letter: DeadLetterSummary, told: DeadLetterNote): void {
    counts[told.outcome] += 1;
    counts.items += letter.items;
    for (const key of ["maybeTwice", "finished", "unconfirmed"] as const) if (told[key]) counts[key] += 1;
    const stale = stalenessOf(letter, now());
    group(letter, stale);
    if (letters.length < maxListed) letters.push({ ...letter, ...told, ...(stale && { stale }) });
    else omitted += 1;
  }

  function group(letter: DeadLetterSummary, stale: Staleness | undefined): void {
    const { signal = "unknown", reason, deadLetteredAt, expiresAt } = letter;
    const named = letter.services.join(", ") || "unknown";
    const own = JSON.stringify([signal, named, reason]);
    const services = groups.has(own) || groups.size < maxGroups ? named : "others";
    const key = services === named ? own : JSON.stringify([signal, services, reason]);
    const times = {
      oldestDeadLetteredAt: deadLetteredAt,
      newestDeadLetteredAt: deadLetteredAt,
      firstExpiresAt: expiresAt,
    };
    const row = groups.get(key) ?? { signal, services, reason, letters: 0, items: 0, bytes: 0, ...times, stale: 0 };
    row.letters += 1;
    row.items += letter.items;
    row.bytes += letter.bytes;
    row.oldestDeadLetteredAt = Math.min(row.oldestDeadLetteredAt, deadLetteredAt);
    row.newestDeadLetteredAt = Math.max(row.newestDeadLetteredAt, deadLetteredAt);
    row.firstExpiresAt = Math.min(row.firstExpiresAt, expiresAt);
    if (stale?.verdict === "refused") row.stale += 1;
    groups.set(key, row);
  }

  return {
    leave: (left) => {
      counts.notSelected += left;
    },
    note,
    report(end) {
      const more = end.ended !== "all" || end.leasedByOthers > 0 || counts.failed > 0 || counts.unconfirmed > 0;
      const sorted = [...groups.values()].sort((a, b) => b.letters - a.letters);
      return { action, dryRun, ...end, more, counts, groups: sorted, letters, omitted };
    },
  };
}
