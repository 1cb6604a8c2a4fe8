import { createMemoryJournal, type Journal } from "../../../shared/dead-letters/journal.ts";
import { type ReplayOptions, type ReplayOrder, replayDeadLetters } from "../../../shared/dead-letters/replay.ts";
import type { DeadLetterReport } from "../../../shared/dead-letters/report.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { createMemoryQueue, type MemoryQueue } from "../queue/memory-queue.ts";
import { type EmittedEvent, recordEvents } from "../record-events.ts";
import { createMemoryReader, type MemoryReader, type MemoryReaderOptions } from "./memory-reader.ts";

export class Killed extends Error {}

export interface ReplayStandOptions {
  readonly readerFault?: MemoryReaderOptions["fault"];
  /** Of a send: it fails, or fails although the queue has taken it. */
  readonly sendFault?: () => "fails" | "late" | undefined;
}

export interface ReplayStand {
  readonly clock: ManualClock;
  readonly reader: MemoryReader;
  readonly queue: MemoryQueue;
  readonly journal: Journal;
  readonly events: EmittedEvent[];
  /** Ids of the letters that were put back, in order. */
  sent(): string[];
  run(order: ReplayOrder, options?: Partial<ReplayOptions>): Promise<DeadLetterReport>;
  /** A run that ends like a process that is killed at its `step`th call, before or after the call took effect. */
  runKilled(
    order: ReplayOrder,
    kill: { readonly step: number; readonly after: boolean },
  ): Promise<"killed" | DeadLetterReport>;
}

export const leaseSeconds = 120;

/** The replay of the command line between queues in memory, in time that the test moves. */
export function createReplayStand(options: ReplayStandOptions = {}): ReplayStand {
  const { readerFault, sendFault = () => undefined } = options;
  const clock = createManualClock();
  const reader = createMemoryReader({ clock, ...(readerFault && { fault: readerFault }) });
  const memory = createMemoryQueue({ clock });
  const journal = createMemoryJournal();
  const events: EmittedEvent[] = [];
  const queue: MemoryQueue = {
    ...memory,
    async send(bodies) {
      const failure = sendFault();
      if (failure === "fails") return { kind: "failed", reason: "InternalError", unsent: bodies.map((_, at) => at) };
      const outcome = await memory.send(bodies);
      if (failure === undefined) return outcome;
      return { kind: "failed", reason: "timed out", unsent: bodies.map((_, at) => at) };
    },
  };
  const base: ReplayOptions = { reader, queue, journal, clock, leaseSeconds, emit: recordEvents(events) };

  function sent(): string[] {
    return [...queue.messages.values()].flatMap(({ body }) => {
      const decoded = decodeEnvelope(body);
      return decoded.kind === "batch" ? [decoded.batch.history?.replayOf ?? "unnamed"] : ["undecodable"];
    });
  }

  async function runKilled(order: ReplayOrder, { step, after }: { step: number; after: boolean }) {
    let steps = 0;
    const mortal =
      <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        steps += 1;
        if (steps > step || (steps === step && !after)) throw new Killed();
        const result = await call(...args);
        if (steps === step) throw new Killed();
        return result;
      };
    const killable = {
      reader: {
        receive: mortal(reader.receive),
        changeVisibility: mortal(reader.changeVisibility),
        delete: mortal(reader.delete),
        status: mortal(reader.status),
      },
      queue: { send: mortal(queue.send) },
      journal: { open: mortal(journal.open), write: mortal(journal.write), close: mortal(journal.close) },
    };
    try {
      const report = await replayDeadLetters(order, { ...base, ...killable });
      // The journal's own failures are survived; a process that is dead does not get this far.
      return steps > step || (steps === step && after) ? "killed" : report;
    } catch (error) {
      if (error instanceof Killed) return "killed";
      throw error;
    }
  }

  return {
    clock,
    reader,
    queue,
    journal,
    events,
    sent,
    run: (order, more) => replayDeadLetters(order, { ...base, ...more }),
    runKilled,
  };
}
