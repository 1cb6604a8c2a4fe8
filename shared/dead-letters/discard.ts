import type { Emit } from "../telemetry/events/events.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { Journal } from "./journal.ts";
import { createRecorder, type DeadLetterReport, type RecorderOptions } from "./report.ts";
import { type Selection, selects } from "./selection.ts";
import { type WalkOptions, walkDeadLetters } from "./walk.ts";

export interface DiscardOptions extends WalkOptions, Pick<RecorderOptions, "maxListed"> {
  readonly journal: Pick<Journal, "close">;
  readonly emit: Emit;
}

export interface DiscardOrder {
  readonly selection: Selection;
  /** Why, in the operator's words: it is logged with every letter. */
  readonly because: string;
  readonly max?: number;
  readonly dryRun?: boolean;
}

/** Deletes dead letters for good. */
export async function discardDeadLetters(order: DiscardOrder, options: DiscardOptions): Promise<DeadLetterReport> {
  const { selection, because, max = Number.POSITIVE_INFINITY, dryRun = false } = order;
  const { journal, emit, clock } = options;
  const recorder = createRecorder({ ...options, action: "discard", dryRun, now: clock.now });
  let taken = 0;

  const end = await walkDeadLetters(options, async (letters, leases) => {
    const meant = letters.filter(({ facts }) => selects(selection, facts)).slice(0, max - taken);
    taken += meant.length;
    recorder.leave(letters.length - meant.length);
    if (dryRun) for (const { facts } of meant) recorder.note(facts, { outcome: "planned" });
    else if (meant.length > 0) await discard(meant, await leases.remove(meant.map(({ message }) => message)));
    return taken >= max ? "enough" : "on";
  });
  return recorder.report(end);

  async function discard(
    letters: readonly DeadLetter[],
    { unconfirmed, reason = "no reason given" }: { unconfirmed: ReadonlySet<string>; reason?: string },
  ): Promise<void> {
    if (unconfirmed.size > 0) emit("queue.failed", { operation: "delete", reason });
    for (const { facts, message } of letters) {
      if (unconfirmed.has(message.id)) {
        recorder.note(facts, { outcome: "failed", why: `the deletion is not confirmed: ${reason}` });
        continue;
      }
      const { id, signal, items } = facts;
      emit("dead-letter.discarded", { ...(signal && { signal }), items, id, reason: because });
      recorder.note(facts, { outcome: "discarded" });
    }
    const gone = letters.filter(({ message }) => !unconfirmed.has(message.id));
    await journal.close(gone.map(({ facts }) => facts.id)).catch(() => {});
  }
}
