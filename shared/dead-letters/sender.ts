import type { Clock } from "../clock.ts";
import type { Queue } from "../queue/queue.ts";
import type { Emit } from "../telemetry/events/events.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { Journal } from "./journal.ts";

/** A letter on its way; `maybeTwice` where an attempt to send it before may have reached the queue. */
export interface Outgoing {
  readonly letter: DeadLetter;
  readonly maybeTwice: boolean;
}

export interface Sent {
  readonly sent: readonly Outgoing[];
  readonly unsent: readonly Outgoing[];
  /** Why some are unsent. */
  readonly reason?: string;
  /** Nothing goes at all: no use to go on. */
  readonly broken: boolean;
}

export interface SenderOptions {
  /** One that does not repeat what it is not sure of by itself: that would double letters unseen. */
  readonly queue: Queue;
  readonly journal: Pick<Journal, "write">;
  readonly clock: Clock;
  readonly emit: Emit;
  /** No further attempt after this, milliseconds since the epoch. */
  readonly deadlineAt: number;
}

const attempts = 3;
const pauseMs = 500;

/** Sends letters back into the queue, with the journal written before and after; what fails is tried a few times. */
export function createSender(options: SenderOptions): (letters: readonly Outgoing[]) => Promise<Sent> {
  const { queue, journal, clock, emit, deadlineAt } = options;

  return async function send(letters) {
    const sent: Outgoing[] = [];
    try {
      await journal.write(idsOf(letters), "sending");
    } catch (error) {
      return { sent, unsent: letters, reason: `the journal cannot be written: ${String(error)}`, broken: true };
    }
    let left = letters;
    let reason = "";
    for (let attempt = 0; attempt < attempts; attempt++) {
      const outcome = await queue.send(left.map(({ letter }) => bodyOf(letter)));
      const unsent = new Set(outcome.kind === "failed" ? outcome.unsent : []);
      const gone = left.filter((_, index) => !unsent.has(index));
      await tell(gone);
      sent.push(...gone);
      if (outcome.kind === "sent") return { sent, unsent: [], broken: false };
      reason = outcome.reason;
      emit("queue.failed", { operation: "replay", reason });
      // The queue may have taken them and the answer been lost.
      left = left.filter((_, index) => unsent.has(index)).map(({ letter }) => ({ letter, maybeTwice: true }));
      if (clock.now() >= deadlineAt) break;
      await clock.sleep(pauseMs * 2 ** attempt);
    }
    return { sent, unsent: left, reason: `the queue did not take it: ${reason}`, broken: sent.length === 0 };
  };

  async function tell(gone: readonly Outgoing[]): Promise<void> {
    for (const { letter, maybeTwice } of gone) {
      const { id, signal = "traces", items } = letter.facts;
      emit("dead-letter.replayed", { signal, items, id, ...(maybeTwice && { maybeTwice }) });
    }
    // What cannot be written is sent again, and said to be, should the deletion fail as well.
    const write = (again: boolean) =>
      journal.write(idsOf(gone.filter(({ maybeTwice }) => maybeTwice === again)), again ? "resent" : "sent");
    await Promise.all([write(false), write(true)]).catch(() => {});
  }
}

function idsOf(letters: readonly Outgoing[]): string[] {
  return letters.map(({ letter }) => letter.facts.id);
}

function bodyOf({ again, facts }: DeadLetter): string {
  if (!again) throw new Error(`nothing of the letter ${facts.id} can be sent`);
  return again();
}
