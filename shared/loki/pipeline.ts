import { byteLength } from "./byte-length.ts";
import type { EntryReceiver } from "./entry.ts";
import {
  InvalidStage,
  type Next,
  type Stage,
  type StageContext,
  type StageEntry,
  type StageSpec,
  stageEntry,
  type Ticket,
} from "./stages/stage.ts";
import { stageKinds } from "./stages/table.ts";

/** What a pipeline needs of the world. */
export interface PipelineWorld extends Pick<StageContext, "now" | "random" | "later" | "count" | "metric"> {
  /** An entry was dropped by a stage. */
  dropped(reason: string, bytes: number): void;
  /** A stage threw, which none should: the entry goes on as it is. */
  crashed(error: unknown): void;
}

/** Stages that run one behind the other. */
export interface Pipeline {
  readonly receiver: EntryReceiver;
  /** Passes on what stages hold; resolves when everything that was taken is durable. */
  close(): Promise<void>;
}

/**
 * Builds the stages of loki.process in front of `next`. What a source gave is durable for it when everything that became of it is.
 * Throws an `InvalidStage`.
 */
export function createPipeline(specs: readonly StageSpec[], next: EntryReceiver, world: PipelineWorld): Pipeline {
  const running = new Set<Promise<void>>();
  let out: StageEntry[] = [];

  function settle(entry: StageEntry): void {
    pass(entry.ticket, 1);
    for (const ticket of entry.joined) pass(ticket, 1);
  }

  function send(): void {
    if (out.length === 0) return;
    const tickets = ticketsOf(out);
    const consumed = next.consume(out);
    out = [];
    // Only the tickets are kept: entries that wait for the disk would fill the memory.
    const sending = consumed.then(
      () => {
        for (const [ticket, count] of tickets) pass(ticket, count);
      },
      (error: unknown) => {
        for (const ticket of tickets.keys()) ticket.fail(error);
      },
    );
    running.add(sending);
    void sending.finally(() => running.delete(sending));
  }

  const context: StageContext = {
    now: world.now,
    random: world.random,
    count: world.count,
    metric: world.metric,
    later: (ms, task) =>
      world.later(ms, () => {
        try {
          task();
        } catch (error) {
          world.crashed(error);
        }
        send();
      }),
    drop(entry, reason) {
      if (reason !== "") world.dropped(reason, byteLength(entry.line));
      settle(entry);
    },
    inner: (inside) => chain(inside.map((spec) => build(spec, context))),
  };
  const stage = context.inner(specs);
  const last: Next = (entry) => {
    out.push(entry);
  };

  /** One entry that a stage cannot take must not hold up those behind it, or its file forever. */
  function take(entry: StageEntry): void {
    try {
      stage.process(entry, last);
    } catch (error) {
      world.crashed(error);
      if (!out.includes(entry)) last(entry);
    }
  }

  return {
    receiver: {
      consume: (entries) =>
        new Promise((resolve, reject) => {
          const ticket: Ticket = { pending: entries.length, done: resolve, fail: reject };
          if (entries.length === 0) resolve();
          for (const entry of entries) take(stageEntry(entry, ticket));
          send();
        }),
    },
    async close() {
      stage.close?.(last);
      send();
      await Promise.all(running);
    },
  };
}

function pass(ticket: Ticket, count: number): void {
  ticket.pending -= count;
  if (ticket.pending === 0) ticket.done();
}

/** How many entries each ticket has among these; neighbours mostly have the same one. */
function ticketsOf(entries: readonly StageEntry[]): ReadonlyMap<Ticket, number> {
  const counts = new Map<Ticket, number>();
  const add = (ticket: Ticket, count: number) => counts.set(ticket, (counts.get(ticket) ?? 0) + count);
  let last = entries[0]?.ticket;
  let run = 0;
  for (const { ticket, joined } of entries) {
    if (ticket !== last && last !== undefined) {
      add(last, run);
      last = ticket;
      run = 0;
    }
    run += 1;
    for (const each of joined) add(each, 1);
  }
  if (last !== undefined) add(last, run);
  return counts;
}

function build({ member, args }: StageSpec, context: StageContext): Stage {
  const kind = Object.hasOwn(stageKinds, member) ? stageKinds[member] : undefined;
  if (kind === undefined) throw new InvalidStage(`stage ${member} is not supported`);
  return kind.create(args, context);
}

/** Several stages as one. What comes behind them is the same at every call, so that the way through them is built once. */
function chain(stages: readonly Stage[]): Stage {
  let behind: Next | undefined;
  let steps: readonly Next[] = [];

  function stepsTo(next: Next): readonly Next[] {
    if (next !== behind) {
      const built: Next[] = [next];
      for (const stage of stages.toReversed()) {
        const following = built[0] ?? next;
        built.unshift((entry) => stage.process(entry, following));
      }
      steps = built;
      behind = next;
    }
    return steps;
  }

  return {
    process: (entry, next) => stepsTo(next)[0]?.(entry),
    close(next) {
      const ways = stepsTo(next);
      for (const [index, stage] of stages.entries()) stage.close?.(ways[index + 1] ?? next);
    },
  };
}
