import type { EntryReceiver, LentEntries } from "./entry-receiver.ts";
import { lineBytes } from "./line-entry.ts";
import {
  InvalidStage,
  type Next,
  type Stage,
  type StageContext,
  StageEntry,
  type StageSpec,
  stageEntry,
  type Ticket,
} from "./stages/stage.ts";
import { stageKinds } from "./stages/table.ts";
import { pass, TicketCounts } from "./tickets.ts";

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
  /** The batch that is open, which `next` has lent itself to; what leaves the stages meanwhile goes there. */
  let lending: Lending | undefined;
  const cursor = new StageEntry({ pending: 0, done() {}, fail() {} }, true);

  function settle(entry: StageEntry): void {
    pass(entry.ticket, 1);
    for (const ticket of entry.joined) pass(ticket, 1);
  }

  function send(): void {
    if (out.length === 0) return;
    const tickets = new TicketCounts();
    for (const entry of out) tickets.add(entry);
    const consumed = next.consume(out);
    out = [];
    // Only the tickets are kept: entries that wait for the disk would fill the memory.
    follow(tickets, consumed);
  }

  function follow(tickets: TicketCounts, durable: Promise<void>): void {
    const sending = tickets.follow(durable);
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
      if (reason !== "") world.dropped(reason, lineBytes(entry));
      settle(entry);
    },
    inner: (inside) => chain(inside.map((spec) => build(spec, context))),
  };
  const stage = context.inner(specs);
  const last: Next = (entry) => {
    if (lending === undefined) out.push(entry);
    else lending.pass(entry);
  };

  /** One entry that a stage cannot take must not hold up those behind it, or its file forever. */
  function take(entry: StageEntry): void {
    try {
      stage.process(entry, last);
    } catch (error) {
      world.crashed(error);
      if (lending === undefined ? !out.includes(entry) : lending.latest !== entry) last(entry);
    }
  }

  function lend(): LentEntries | undefined {
    const lent = next.lend?.();
    if (lent === undefined) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // The batch itself is one that is pending, until its end.
    const ticket: Ticket = { pending: 1, done: resolve, fail: reject };
    const open = new Lending(lent);
    return {
      add(entry) {
        lending = open;
        ticket.pending += 1;
        cursor.begin(entry, ticket);
        open.latest = undefined;
        take(cursor);
        lending = undefined;
      },
      end() {
        follow(open.tickets, open.end());
        pass(ticket, 1);
        return promise;
      },
    };
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
      lend,
    },
    async close() {
      stage.close?.(last);
      send();
      await Promise.all(running);
    },
  };
}

/** A batch that what comes out of the stages is lent to. */
class Lending {
  /** The entry that was passed on last. */
  latest: StageEntry | undefined;
  readonly tickets = new TicketCounts();
  private readonly lent: LentEntries;
  private failure: unknown;
  private hasFailed = false;

  constructor(lent: LentEntries) {
    this.lent = lent;
  }

  /** Never throws: what `next` cannot take is not durable, and no fault of a stage. */
  pass(entry: StageEntry): void {
    this.latest = entry;
    this.tickets.add(entry);
    try {
      this.lent.add(entry);
    } catch (error) {
      this.failure = error;
      this.hasFailed = true;
    }
  }

  async end(): Promise<void> {
    await this.lent.end();
    if (this.hasFailed) throw this.failure;
  }
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
