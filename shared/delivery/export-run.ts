import type { Batch } from "../batch/batch.ts";
import { type FormatName, formats } from "../batch/formats.ts";
import type { Outcome, Retry } from "../batch/outcome.ts";
import type { Random } from "../clock.ts";
import { type Attempt, type AttemptOptions, attempt } from "./attempt.ts";
import { type Bisected, bisect, type Piece } from "./bisect.ts";
import { bisectedOutcome } from "./bisected-outcome.ts";
import type { DeliverContext } from "./deliver-context.ts";
import type { DestinationMemory } from "./destination-memory.ts";
import type { Exporter, Payload } from "./exporter.ts";
import type { ShardOrder } from "./lanes.ts";
import { halve, loadOf } from "./pieces.ts";
import type { Refusals } from "./refusals.ts";
import { minReceives, rejectedAlone } from "./reject-alone.ts";
import { rejectAloneInOrder } from "./reject-alone-in-order.ts";
import type { Refusal, Verdict } from "./verdict.ts";

/** Exports that one narrowing may cost: enough for many refused items; the rest comes back, and may cost twice as much then. */
const narrowing = { base: 256, perLevel: 16, maxDoublings: 8 };
/**
 * Pieces that are tried alone after a failure; fewer where less was asked for, and in a trial. The more, the longer a message
 * has waited: a good record among bad ones is found within the hour.
 */
const samples = { usual: 2, fewer: 1, most: 16 };
/** A batch that failed this often is looked into, where another part of it may be fine. */
const cutAfterReceives = 3;
const cutInTrials = 0.4;
/** A message that was received this often has waited for some ten minutes. */
const longWait = 8;
/** What became of each batch. */
export type Outcomes = ReadonlyMap<Batch, Outcome>;

/** What exports to one destination, of one signal, have in common. */
export interface ExportOptions extends AttemptOptions {
  readonly random: Random;
  /** What the destination's exporter takes now, the one to make first. */
  readonly encodings: () => Exporter["encodings"];
  /** A request of the exporter that holds nothing. */
  readonly empty: (format: FormatName) => Payload | undefined;
}

/** One export: what it is made of, and what is known of its destination. */
export interface ExportRunOptions {
  readonly options: ExportOptions;
  readonly memory: DestinationMemory;
  readonly refusals: Refusals;
  readonly first: Batch;
  readonly order: ShardOrder;
  readonly context: DeliverContext;
}

/** Sends the pieces of one export, and narrows down what is refused or fails among them. */
export class ExportRun {
  readonly wasOpen: boolean;
  readonly encodings: Exporter["encodings"];
  private readonly options: ExportOptions;
  private readonly memory: DestinationMemory;
  private readonly refusals: Refusals;
  private readonly first: Batch;
  private readonly order: ShardOrder;
  private readonly context: DeliverContext;

  constructor({ options, memory, refusals, first, order, context }: ExportRunOptions) {
    this.options = options;
    this.memory = memory;
    this.refusals = refusals;
    this.first = first;
    this.order = order;
    this.context = context;
    this.encodings = options.encodings();
    this.wasOpen = options.circuit.isOpen();
  }

  send(pieces: readonly Piece[], isTrial = false): Promise<Attempt> {
    return attempt(() => loadOf(pieces, this.first, this.encodings), { ...this.context, isTrial }, this.options);
  }

  async judge(pieces: readonly Piece[], made: Attempt): Promise<Outcomes> {
    const { attempted, verdict } = made;
    if (verdict) this.memory.isRefusedForAll = isAboutAll(verdict);
    if (attempted.kind === "delivered") {
      this.memory.taken(attempted);
      for (const { bytes } of pieces) this.memory.failures.remove(bytes);
      return shared(pieces, attempted.rejected);
    }
    if (attempted.kind === "refused") return this.narrow(pieces, attempted, verdict);
    if (!verdict) return new Map(pieces.map(({ batch }) => [batch, attempted]));
    // Who failed is looked for among those that come first in their shards: what is behind them waits.
    const heads = pieces.filter(({ batch }) => this.order.isHead(batch));
    const [only] = heads;
    return heads.length > 1 || (only && this.isCut(only))
      ? this.narrow(heads, attempted, verdict)
      : this.failed(heads, made);
  }

  /** Whether a batch that failed is looked into: in a trial now and then only. Where order matters, once a look is conclusive. */
  private isCut({ batch, items }: Piece): boolean {
    const after = formats[batch.format].ordered ? minReceives : cutAfterReceives;
    if (this.memory.isRefusedForAll || items < 2 || this.receivesOf(batch) < after) return false;
    return !this.wasOpen || this.receivesOf(batch) >= longWait || this.options.random() < cutInTrials;
  }

  private receivesOf(batch: Batch): number {
    return this.context.receives?.get(batch) ?? 0;
  }

  /** One batch, alone: an outage, unless others were taken since it began to fail. */
  private failed([piece]: readonly Piece[], { attempted, verdict }: Attempt): Outcomes {
    if (!piece || attempted.kind !== "retry") return new Map();
    const isIsolated = this.memory.failedAlone(piece.bytes);
    this.memory.asked();
    if (isIsolated) this.options.circuit.withdraw();
    else if (verdict) this.options.circuit.record(verdict);
    const retry: Retry = isIsolated ? { ...attempted, isIsolated } : this.memory.labelled(attempted);
    return new Map([[piece.batch, rejectedAlone(retry, piece.items, this.receivesOf(piece.batch)) ?? retry]]);
  }

  private async narrow(pieces: readonly Piece[], cause: Refusal | Retry, seen?: Verdict): Promise<Outcomes> {
    const items = pieces.reduce((sum, piece) => sum + piece.items, 0);
    let last = seen;
    let failures = cause.kind === "retry" ? 1 : 0;
    const refusesAll = () => this.refusals.ask(this.first, this.context);
    const all = cause.kind === "refused" && this.refusals.isKnown(this.first) ? await refusesAll() : undefined;
    if (all) return new Map(pieces.map(({ batch }) => [batch, all]));
    if (cause.kind === "refused" && seen) this.options.circuit.record(seen);
    const found = await bisect(pieces, cause, {
      probe: async (part) => {
        const { attempted, verdict } = await this.send(part, this.wasOpen);
        if (attempted.kind === "delivered") this.memory.taken(attempted);
        if (attempted.kind === "refused" && verdict) this.options.circuit.record(verdict);
        if (attempted.kind === "retry" && verdict) {
          failures += 1;
          last = verdict;
        }
        return attempted;
      },
      halve: (piece) => halve(piece, this.first),
      random: this.options.random,
      maxExports: budgetOf(pieces, items),
      maxSamples: samplesFor(seen, this.wasOpen, Math.max(0, ...pieces.map(({ batch }) => this.receivesOf(batch)))),
      cutsFailed: pieces.length === 1,
      refusesAll,
      keepsOrder: cause.kind === "refused" && pieces.some(({ batch }) => !this.order.isFree(batch)),
    });
    const isOrdered = formats[this.first.format].ordered;
    const bisected = isOrdered ? await this.inOrder(found) : found;
    if (!bisected.isAlive && last) this.options.circuit.record(last, failures);
    this.memory.asked();
    for (const { piece, isAlone } of bisected.rest) if (isAlone) this.memory.failedAlone(piece.bytes);
    this.tell(bisected, cause, items);
    return new Map(
      pieces.map(({ batch }) => {
        const outcome = bisectedOutcome(bisected, batch);
        return [batch, outcome.kind === "retry" ? this.memory.labelled(outcome) : outcome];
      }),
    );
  }

  private tell({ exports, refused }: Bisected, cause: Refusal | Retry, items: number): void {
    if (cause.kind === "retry" && refused.length === 0) return;
    const deadLettered = refused.reduce((sum, { piece }) => sum + piece.items, 0);
    const { format, destination } = this.first;
    this.options.emit("export.narrowed", { signal: formats[format].signal, destination, items, exports, deadLettered });
  }

  private inOrder(found: Bisected): Promise<Bisected> {
    return rejectAloneInOrder(found, {
      send: (pieces) => this.send(pieces),
      sleep: (ms) => this.options.clock.sleep(ms, this.context.abort),
      receivesOf: ({ batch }) => this.receivesOf(batch),
    });
  }
}

/** With refused credentials or a wrong address no other piece would be answered differently. */
function samplesFor(verdict: Verdict | undefined, isTrial: boolean, receives: number): number {
  if (verdict && isAboutAll(verdict)) return 0;
  if (receives >= longWait) return Math.min(samples.most, 2 * (receives - longWait + 2));
  const isThrottled = verdict?.kind === "retry" && verdict.throttled;
  return isTrial || isThrottled ? samples.fewer : samples.usual;
}

function budgetOf(pieces: readonly Piece[], items: number): number {
  const { base, perLevel, maxDoublings } = narrowing;
  const requeues = Math.max(0, ...pieces.map(({ batch }) => batch.history?.requeues ?? 0));
  const depth = Math.ceil(Math.log2(Math.max(2, items)));
  return (base + perLevel * depth) * 2 ** Math.min(maxDoublings, requeues);
}

/** The destination says how many items it did not take, not whose they were. */
function shared(pieces: readonly Piece[], rejected: number): Outcomes {
  let unclaimed = rejected;
  return new Map(
    pieces.map(({ batch, items }) => {
      const claimed = Math.min(unclaimed, items);
      unclaimed -= claimed;
      return [batch, { kind: "delivered", rejected: claimed }];
    }),
  );
}

function isAboutAll(verdict: Verdict): boolean {
  return verdict.kind === "misconfigured" && (verdict.status === 0 || verdict.status === 401);
}
