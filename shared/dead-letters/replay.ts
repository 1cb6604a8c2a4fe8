import type { Queue } from "../queue/queue.ts";
import type { Emit } from "../telemetry/events/events.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { type Decision, decide } from "./decide.ts";
import type { Journal, JournalState } from "./journal.ts";
import type { Leases } from "./leases.ts";
import { createPacer, type Pacer } from "./pacer.ts";
import {
  createRecorder,
  type DeadLetterNote,
  type DeadLetterReport,
  type Recorder,
  type RecorderOptions,
} from "./report.ts";
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
  return new Replay(order, options).run();
}

class Replay {
  private readonly order: ReplayOrder;
  private readonly options: ReplayOptions;
  private readonly max: number;
  private readonly deadlineAt: number;
  private readonly recorder: Recorder;
  private readonly pacer: Pacer;
  private readonly send: ReturnType<typeof createSender>;
  private readonly states = new Map<string, JournalState>();
  private sent = 0;
  private readonly progress = { done: 0, total: 0 };

  constructor(order: ReplayOrder, options: ReplayOptions) {
    const { max = Number.POSITIVE_INFINITY, dryRun = false, itemsPerSecond } = order;
    const { deadlineAt = Number.POSITIVE_INFINITY, clock } = options;
    this.order = order;
    this.options = options;
    this.max = max;
    this.deadlineAt = deadlineAt;
    this.recorder = createRecorder({ ...options, action: "replay", dryRun, now: clock.now });
    this.pacer = createPacer(clock, itemsPerSecond);
    this.send = createSender({ ...options, deadlineAt });
  }

  async run(): Promise<DeadLetterReport> {
    const onProgress = (done: number, total: number) => this.tellProgress(done, total);
    const end = await walkDeadLetters({ ...this.options, onProgress }, (letters, leases) =>
      this.visit(letters, leases),
    );
    return this.recorder.report(end);
  }

  private tellProgress(done: number, total: number): void {
    Object.assign(this.progress, { done, total });
    this.options.onProgress?.(done, total);
  }

  private async visit(letters: readonly DeadLetter[], leases: Leases): ReturnType<Visit> {
    try {
      // Each time again: another replay may have been interrupted since, and its letters come back.
      for (const [id, state] of await this.options.journal.open()) this.states.set(id, state);
    } catch (error) {
      this.keep(letters);
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
      const decision = decide(letter, {
        selection: this.order.selection,
        includeStale: this.order.includeStale ?? false,
        states: this.states,
        now: this.options.clock.now(),
      });
      if (decision.kind === "leave") this.recorder.leave(1);
      else if (decision.kind === "keep") this.recorder.note(letter.facts, { outcome: "kept", why: decision.why });
      else if (decision.kind === "send" && this.sent + sending >= this.max) this.recorder.leave(1);
      else {
        decided.push({ letter, decision });
        if (decision.kind === "send") sending += 1;
      }
    }
    const next = this.order.dryRun ? this.plan(decided) : await this.carryOut(decided, leases);
    if (next === "on" && copies.length > 0 && !this.options.stop?.aborted) return this.visit(copies, leases);
    this.keep(copies);
    return next === "on" && this.sent >= this.max ? "enough" : next;
  }

  private keep(letters: readonly DeadLetter[]): void {
    for (const { facts } of letters)
      this.recorder.note(facts, { outcome: "kept", why: "the replay stopped before it" });
  }

  private plan(decided: readonly Decided[]): "on" {
    for (const { letter, decision } of decided) {
      const { kind, maybeTwice } = decision;
      this.recorder.note(letter.facts, {
        outcome: "planned",
        ...noteOf({ maybeTwice, ...(kind === "finish" && { finished: true }) }),
      });
      this.states.set(letter.facts.id, "sent");
      if (decision.kind === "send") this.sent += 1;
    }
    return "on";
  }

  /** All at once, or one by one where a rate is to be kept. */
  private async carryOut(decided: readonly Decided[], leases: Leases): ReturnType<Visit> {
    const size = this.order.itemsPerSecond === undefined ? decided.length : 1;
    for (let at = 0; at < decided.length; at += size) {
      const left = decided.slice(at).map(({ letter }) => letter);
      if (!(await this.waitUntil(this.pacer.dueAt(), leases))) {
        this.keep(left);
        return this.options.stop?.aborted ? "on" : "deadline";
      }
      const failed = await this.settle(decided.slice(at, at + size), leases);
      this.options.onProgress?.(this.progress.done + Math.min(at + size, decided.length), this.progress.total);
      if (failed === undefined) continue;
      this.keep(left.slice(size));
      return { failed };
    }
    return "on";
  }

  /** False where that would be too late, or it is told to stop. */
  private async waitUntil(dueAt: number, leases: Leases): Promise<boolean> {
    for (;;) {
      const now = this.options.clock.now();
      if (this.options.stop?.aborted || Math.max(now, dueAt) >= this.deadlineAt) return false;
      if (now >= dueAt) return true;
      await leases.renew();
      await this.options.clock.sleep(Math.min(dueAt - now, this.options.leaseSeconds * 250), this.options.stop);
    }
  }

  /** Answers why no further letter can be sent, if so. */
  private async settle(group: readonly Decided[], leases: Leases): Promise<string | undefined> {
    await leases.renew();
    const mine = group.filter(({ letter }) => leases.isHeld(letter.message));
    for (const { letter } of group.filter((each) => !mine.includes(each))) {
      const why = "it could not be kept hidden from others while it is sent";
      this.recorder.note(letter.facts, { outcome: "failed", why });
    }
    const finished = mine.flatMap(({ letter, decision }) => {
      return decision.kind === "finish" ? [{ letter, maybeTwice: decision.maybeTwice, finished: true } as const] : [];
    });
    const outgoing = mine.flatMap(({ letter, decision }) => {
      return decision.kind === "send" ? [{ letter, maybeTwice: decision.maybeTwice }] : [];
    });
    const done = outgoing.length > 0 ? await this.send(outgoing) : { sent: [], unsent: [], broken: false };
    for (const { letter, maybeTwice } of done.sent) {
      this.states.set(letter.facts.id, maybeTwice ? "resent" : "sent");
      this.pacer.spent(letter.facts.items);
    }
    this.sent += done.sent.length;
    const { reason = "" } = done;
    for (const { letter } of done.unsent) this.recorder.note(letter.facts, { outcome: "failed", why: reason });
    await this.remove([...finished, ...done.sent], leases);
    return done.broken ? reason : undefined;
  }

  private async remove(group: readonly Gone[], leases: Leases): Promise<void> {
    if (group.length === 0) return;
    const { unconfirmed, reason } = await leases.remove(group.map(({ letter }) => letter.message));
    if (reason !== undefined) this.options.emit("queue.failed", { operation: "delete", reason });
    const isOpen = ({ letter }: Gone) => unconfirmed.has(letter.message.id);
    await this.options.journal
      .close(group.filter((each) => !isOpen(each)).map(({ letter }) => letter.facts.id))
      .catch(() => {});
    for (const each of group) {
      const open = isOpen(each) && ({ unconfirmed: true } as const);
      this.recorder.note(each.letter.facts, { outcome: "replayed", ...noteOf(each), ...open });
    }
  }
}

/** A letter that is in the queue again, and is still to be deleted where it was. */
type Gone = Outgoing & { readonly finished?: true };

function noteOf({ maybeTwice, finished }: Omit<Gone, "letter">): Partial<DeadLetterNote> {
  return { ...(finished && { finished }), ...(maybeTwice && { maybeTwice }) };
}
