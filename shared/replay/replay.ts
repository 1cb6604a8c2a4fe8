import type { Batch } from "../queue/batch.ts";
import { encodeEnvelope } from "../queue/envelope.ts";
import type { Queue } from "../queue/queue.ts";
import type { Emit } from "../telemetry/events.ts";
import { type Decision, decide } from "./decide.ts";
import type { Holds } from "./holds.ts";
import type { Journal } from "./journal.ts";
import type { Letter } from "./letter.ts";
import { createPacer } from "./pacer.ts";
import { createRecorder, type LetterNote, type LetterReport, type RecorderOptions } from "./report.ts";
import type { Selection } from "./selection.ts";
import { type Visit, type WalkOptions, walkLetters } from "./walk.ts";

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
  readonly letter: Letter;
  readonly decision: Extract<Decision, { kind: "send" | "finish" }>;
}

/**
 * Puts dead letters back into the queue: each is sent, then deleted, with the journal written around both. Interrupted at any point
 * and called again, it sends every letter once, or says `maybeTwice`. Every letter that it sees is in the report.
 */
export async function replayLetters(order: ReplayOrder, options: ReplayOptions): Promise<LetterReport> {
  const { selection, max = Number.POSITIVE_INFINITY, includeStale = false, dryRun = false } = order;
  const { queue, journal, emit, clock, stop, deadlineAt = Number.POSITIVE_INFINITY, holdSeconds } = options;
  const recorder = createRecorder({ ...options, action: "replay", dryRun, now: clock.now });
  const pacer = createPacer(clock, order.itemsPerSecond);
  const states = new Map(await journal.open());
  let sent = 0;

  return recorder.report(await walkLetters(options, visit));

  async function visit(letters: readonly Letter[], holds: Holds): ReturnType<Visit> {
    const decided: Decided[] = [];
    const copies: Letter[] = [];
    let sending = 0;
    for (const letter of letters) {
      // Parking is at least once, too: the same letter may be there twice, and only one of them is sent.
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
    const next = dryRun ? plan(decided) : await carryOut(decided, holds);
    if (next === "on" && copies.length > 0 && !stop?.aborted) return visit(copies, holds);
    keep(copies);
    return next === "on" && sent >= max ? "enough" : next;
  }

  function keep(letters: readonly Letter[]): void {
    for (const { facts } of letters) recorder.note(facts, { outcome: "kept", why: "the replay stopped before it" });
  }

  function plan(decided: readonly Decided[]): "on" {
    for (const { letter, decision } of decided) {
      recorder.note(letter.facts, { outcome: "planned", ...noteOf(decision) });
      states.set(letter.facts.id, "sent");
      if (decision.kind === "send") sent += 1;
    }
    return "on";
  }

  /** All at once, or one by one where a rate is to be kept. */
  async function carryOut(decided: readonly Decided[], holds: Holds): ReturnType<Visit> {
    const size = order.itemsPerSecond === undefined ? decided.length : 1;
    for (let at = 0; at < decided.length; at += size) {
      const left = decided.slice(at).map(({ letter }) => letter);
      if (!(await waitUntil(pacer.dueAt(), holds))) {
        keep(left);
        return stop?.aborted ? "on" : "deadline";
      }
      const failed = await settle(decided.slice(at, at + size), holds);
      if (failed === undefined) continue;
      keep(left.slice(size));
      return { failed };
    }
    return "on";
  }

  /** False where that would be too late, or it is told to stop. */
  async function waitUntil(dueAt: number, holds: Holds): Promise<boolean> {
    for (;;) {
      const now = clock.now();
      if (stop?.aborted || Math.max(now, dueAt) >= deadlineAt) return false;
      if (now >= dueAt) return true;
      await holds.renew();
      await clock.sleep(Math.min(dueAt - now, holdSeconds * 250), stop);
    }
  }

  async function settle(group: readonly Decided[], holds: Holds): Promise<string | undefined> {
    await holds.renew();
    const mine = group.filter(({ letter }) => holds.isFirm(letter.message));
    for (const { letter } of group.filter((each) => !mine.includes(each))) {
      recorder.note(letter.facts, {
        outcome: "failed",
        why: "it could not be kept hidden from others while it is sent",
      });
    }
    const toSend = mine.filter(({ decision }) => decision.kind === "send");
    const failed = toSend.length > 0 ? await send(toSend) : { unsent: new Set<Decided>() };
    for (const each of failed.unsent) recorder.note(each.letter.facts, { outcome: "failed", why: failed.reason ?? "" });
    await remove(
      mine.filter((each) => !failed.unsent.has(each)),
      holds,
    );
    return failed.stop ? failed.reason : undefined;
  }

  interface Failed {
    readonly unsent: ReadonlySet<Decided>;
    readonly reason?: string;
    readonly stop?: boolean;
  }

  async function send(group: readonly Decided[]): Promise<Failed> {
    const ids = group.map(({ letter }) => letter.facts.id);
    try {
      await journal.write(ids, "sending");
    } catch (error) {
      return { unsent: new Set(group), reason: `the journal cannot be written: ${String(error)}`, stop: true };
    }
    const outcome = await queue.send(group.map(({ letter }) => encodeEnvelope(renewed(letter))));
    const unsent = new Set(outcome.kind === "failed" ? outcome.unsent.flatMap((index) => group[index] ?? []) : []);
    const gone = group.filter((each) => !unsent.has(each));
    for (const { letter, decision } of gone) {
      const { id, signal = "traces", items } = letter.facts;
      emit("letter.replayed", { signal, items, id, ...(decision.maybeTwice && { maybeTwice: true }) });
      pacer.spent(items);
    }
    sent += gone.length;
    // Without this line the letters are sent twice, and said to be, if the deletion fails as well.
    await remember(gone).catch(() => {});
    if (outcome.kind === "sent") return { unsent };
    emit("queue.failed", { operation: "replay", reason: outcome.reason });
    return { unsent, reason: `the queue did not take it: ${outcome.reason}`, stop: gone.length === 0 };
  }

  async function remember(gone: readonly Decided[]): Promise<void> {
    const again = gone.filter(({ decision }) => decision.maybeTwice);
    const once = gone.filter(({ decision }) => !decision.maybeTwice);
    for (const { letter, decision } of gone) states.set(letter.facts.id, decision.maybeTwice ? "resent" : "sent");
    await journal.write(idsOf(once), "sent");
    await journal.write(idsOf(again), "resent");
  }

  async function remove(group: readonly Decided[], holds: Holds): Promise<void> {
    if (group.length === 0) return;
    const { unconfirmed, reason } = await holds.remove(group.map(({ letter }) => letter.message));
    if (reason !== undefined) emit("queue.failed", { operation: "delete", reason });
    const confirmed = group.filter(({ letter }) => !unconfirmed.has(letter.message.id));
    await journal.close(idsOf(confirmed)).catch(() => {});
    for (const each of group) {
      const open = confirmed.includes(each) ? {} : ({ unconfirmed: true } as const);
      recorder.note(each.letter.facts, { outcome: "replayed", ...noteOf(each.decision), ...open });
    }
  }
}

function noteOf(decision: Decided["decision"]): Partial<LetterNote> {
  return { ...(decision.kind === "finish" && { finished: true }), ...(decision.maybeTwice && { maybeTwice: true }) };
}

function idsOf(group: readonly Decided[]): string[] {
  return group.map(({ letter }) => letter.facts.id);
}

/** The batch as it goes back: no longer dead, and with the name of the letter that it was. */
function renewed({ batch, facts }: Letter): Batch {
  if (!batch) throw new Error(`the letter ${facts.id} is no batch`);
  const { deadLetter: _, requeues: __, ...rest } = batch;
  return { ...rest, replays: facts.replays + 1, replayOf: facts.id };
}
