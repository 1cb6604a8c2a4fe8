import type { Queue } from "../queue/queue.ts";
import type { Emit } from "../telemetry/events.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { type Decision, decide } from "./decide.ts";
import type { Journal, JournalState } from "./journal.ts";
import type { Leases } from "./leases.ts";
import { createPacer } from "./pacer.ts";
import { createRecorder, type DeadLetterNote, type DeadLetterReport, type RecorderOptions } from "./report.ts";
import type { Selection } from "./selection.ts";
import { createSender, type Outgoing } from "./sender.ts";
import { type Visit, type WalkOptions, walkDeadLetters } from "./walk.ts";

export interface ReplayOptions extends WalkOptions, Pick<RecorderOptions, "maxListed"> {
  readonly queue: Queue;
  readonly journal: Journal;
  readonly emit: Emit;
}

export interface ReplayOrder {
  readonly selection: Selection;
  /** Most letters that are sent. */
  readonly max?: number;
  readonly itemsPerSecond?: number;
  /** Sends also what the destination will probably refuse for its age. */
  readonly includeStale?: boolean;
  /** Says what would happen, and does nothing. */
  readonly dryRun?: boolean;
}

interface Decided {
  readonly letter: DeadLetter;
  readonly decision: Extract<Decision, { kind: "send" | "finish" }>;
}

/**
 * Puts dead letters back into the queue: each is sent, then deleted, with the journal written around both. Interrupted at any point
 * and called again, it sends every letter once, or says `maybeTwice`. Every letter that it sees is in the report.
 */
export async function replayDeadLetters(order: ReplayOrder, options: ReplayOptions): Promise<DeadLetterReport> {
  const { selection, max = Number.POSITIVE_INFINITY, includeStale = false, dryRun = false } = order;
  const { journal, emit, clock, stop, deadlineAt = Number.POSITIVE_INFINITY, leaseSeconds } = options;
  const recorder = createRecorder({ ...options, action: "replay", dryRun, now: clock.now });
  const pacer = createPacer(clock, order.itemsPerSecond);
  const send = createSender({ ...options, deadlineAt });
  const states = new Map<string, JournalState>();
  let sent = 0;

  const far = { done: 0, total: 0 };
  return recorder.report(await walkDeadLetters({ ...options, onProgress: tellProgress }, visit));

  function tellProgress(done: number, total: number): void {
    Object.assign(far, { done, total });
    options.onProgress?.(done, total);
  }

  async function visit(letters: readonly DeadLetter[], leases: Leases): ReturnType<Visit> {
    try {
      // Each time anew: another replay may have been interrupted since, and its letters come back.
      for (const [id, state] of await journal.open()) states.set(id, state);
    } catch (error) {
      keep(letters);
      return { failed: `the journal cannot be read: ${String(error)}` };
    }
    const decided: Decided[] = [];
    const copies: DeadLetter[] = [];
    let sending = 0;
    for (const letter of letters) {
      // Dead-lettering is at least once, too: the same letter may be there twice, and only one of them is sent.
      if (decided.some((earlier) => earlier.letter.facts.id === letter.facts.id)) {
        copies.push(letter);
        continue;
      }
      const decision = decide(letter, { selection, includeStale, states, now: clock.now() });
      if (decision.kind === "leave") recorder.leave(1);
      else if (decision.kind === "keep") recorder.note(letter.facts, { outcome: "kept", why: decision.why });
      else if (decision.kind === "send" && sent + sending >= max) recorder.leave(1);
      else {
        decided.push({ letter, decision });
        if (decision.kind === "send") sending += 1;
      }
    }
    const next = dryRun ? plan(decided) : await carryOut(decided, leases);
    if (next === "on" && copies.length > 0 && !stop?.aborted) return visit(copies, leases);
    keep(copies);
    return next === "on" && sent >= max ? "enough" : next;
  }

  function keep(letters: readonly DeadLetter[]): void {
    for (const { facts } of letters) recorder.note(facts, { outcome: "kept", why: "the replay stopped before it" });
  }

  function plan(decided: readonly Decided[]): "on" {
    for (const { letter, decision } of decided) {
      const { kind, maybeTwice } = decision;
      recorder.note(letter.facts, {
        outcome: "planned",
        ...noteOf({ maybeTwice, ...(kind === "finish" && { finished: true }) }),
      });
      states.set(letter.facts.id, "sent");
      if (decision.kind === "send") sent += 1;
    }
    return "on";
  }

  /** All at once, or one by one where a rate is to be kept. */
  async function carryOut(decided: readonly Decided[], leases: Leases): ReturnType<Visit> {
    const size = order.itemsPerSecond === undefined ? decided.length : 1;
    for (let at = 0; at < decided.length; at += size) {
      const left = decided.slice(at).map(({ letter }) => letter);
      if (!(await waitUntil(pacer.dueAt(), leases))) {
        keep(left);
        return stop?.aborted ? "on" : "deadline";
      }
      const failed = await settle(decided.slice(at, at + size), leases);
      options.onProgress?.(far.done + Math.min(at + size, decided.length), far.total);
      if (failed === undefined) continue;
      keep(left.slice(size));
      return { failed };
    }
    return "on";
  }

  /** False where that would be too late, or it is told to stop. */
  async function waitUntil(dueAt: number, leases: Leases): Promise<boolean> {
    for (;;) {
      const now = clock.now();
      if (stop?.aborted || Math.max(now, dueAt) >= deadlineAt) return false;
      if (now >= dueAt) return true;
      await leases.renew();
      await clock.sleep(Math.min(dueAt - now, leaseSeconds * 250), stop);
    }
  }

  /** Answers why no further letter can be sent, if so. */
  async function settle(group: readonly Decided[], leases: Leases): Promise<string | undefined> {
    await leases.renew();
    const mine = group.filter(({ letter }) => leases.isHeld(letter.message));
    for (const { letter } of group.filter((each) => !mine.includes(each))) {
      const why = "it could not be kept hidden from others while it is sent";
      recorder.note(letter.facts, { outcome: "failed", why });
    }
    const finished = mine.flatMap(({ letter, decision }) => {
      return decision.kind === "finish" ? [{ letter, maybeTwice: decision.maybeTwice, finished: true } as const] : [];
    });
    const outgoing = mine.flatMap(({ letter, decision }) => {
      return decision.kind === "send" ? [{ letter, maybeTwice: decision.maybeTwice }] : [];
    });
    const done = outgoing.length > 0 ? await send(outgoing) : { sent: [], unsent: [], broken: false };
    for (const { letter, maybeTwice } of done.sent) {
      states.set(letter.facts.id, maybeTwice ? "resent" : "sent");
      pacer.spent(letter.facts.items);
    }
    sent += done.sent.length;
    const { reason = "" } = done;
    for (const { letter } of done.unsent) recorder.note(letter.facts, { outcome: "failed", why: reason });
    await remove([...finished, ...done.sent], leases);
    return done.broken ? reason : undefined;
  }

  async function remove(group: readonly Gone[], leases: Leases): Promise<void> {
    if (group.length === 0) return;
    const { unconfirmed, reason } = await leases.remove(group.map(({ letter }) => letter.message));
    if (reason !== undefined) emit("queue.failed", { operation: "delete", reason });
    const isOpen = ({ letter }: Gone) => unconfirmed.has(letter.message.id);
    await journal.close(group.filter((each) => !isOpen(each)).map(({ letter }) => letter.facts.id)).catch(() => {});
    for (const each of group) {
      const open = isOpen(each) && ({ unconfirmed: true } as const);
      recorder.note(each.letter.facts, { outcome: "replayed", ...noteOf(each), ...open });
    }
  }
}

/** A letter that is in the queue again, and is still to be deleted where it was. */
type Gone = Outgoing & { readonly finished?: true };

function noteOf({ maybeTwice, finished }: Omit<Gone, "letter">): Partial<DeadLetterNote> {
  return { ...(finished && { finished }), ...(maybeTwice && { maybeTwice }) };
}
