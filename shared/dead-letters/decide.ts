import type { DeadLetter } from "./dead-letter.ts";
import type { JournalState } from "./journal.ts";
import { type Selection, selects } from "./selection.ts";
import { stalenessOf } from "./staleness.ts";

/** What a replay does with one letter. */
export type Decision =
  /** The selection leaves it out. */
  | { readonly kind: "leave" }
  /** It was sent before: all that is left is to delete it. */
  | { readonly kind: "finish"; readonly maybeTwice: boolean }
  | { readonly kind: "keep"; readonly why: string }
  | { readonly kind: "send"; readonly maybeTwice: boolean };

export interface DecideOptions {
  readonly selection: Selection;
  readonly includeStale: boolean;
  /** What earlier replays left open, and what this one has sent, by letter id. */
  readonly states: ReadonlyMap<string, JournalState>;
  readonly now: number;
}

/** Decides about one letter. What was sent already is finished whatever is selected: it is in two places until then. */
export function decide({ facts, again }: DeadLetter, options: DecideOptions): Decision {
  const state = options.states.get(facts.id);
  if (state === "sent" || state === "resent") return { kind: "finish", maybeTwice: state === "resent" };
  if (!selects(options.selection, facts)) return { kind: "leave" };
  if (!again) return { kind: "keep", why: `it is not a batch (${facts.message}): export it, then discard it` };
  const stale = stalenessOf(facts, options.now);
  if (stale?.verdict === "refused" && !options.includeStale)
    return { kind: "keep", why: `it is too old: ${stale.reason}` };
  return { kind: "send", maybeTwice: state === "sending" };
}
