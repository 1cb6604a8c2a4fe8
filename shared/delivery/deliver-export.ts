import type { Batch } from "../batch/batch.ts";
import { type FormatName, formats } from "../batch/formats.ts";
import type { Outcome, Retry } from "../batch/outcome.ts";
import { monotonic, type Random } from "../clock.ts";
import { type Attempt, type Attempted, type AttemptOptions, attempt } from "./attempt.ts";
import { type Bisected, bisect, type Piece } from "./bisect.ts";
import { bisectedOutcome } from "./bisected-outcome.ts";
import { convicted, minReceives } from "./convict.ts";
import { convictInOrder } from "./convict-in-order.ts";
import type { DeliverContext } from "./deliver-context.ts";
import type { Exporter, Payload } from "./exporter.ts";
import { createShardOrder, heldBack } from "./lanes.ts";
import { addressOf, halve, loadOf, type Opened, open } from "./pieces.ts";
import { createRefusals } from "./refusals.ts";
import { createSuspects } from "./suspects.ts";
import type { Refusal, Verdict } from "./verdict.ts";

/** Exports that one narrowing may cost: enough for many guilty items; the rest comes back, and may cost twice as much then. */
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
/** Distinct batches that failed since anything was taken, beyond which it is an outage for everybody. */
const maxFailing = 5;
const newcomerPauseMs = 1000;
/** What is known to fail alone is sent alone, up to so many of an export. */
const maxAlone = 8;

/** Delivers the batches of one export, all of one format and destination. Rejects only for bugs. */
export type DeliverExport = (batches: readonly Batch[], context: DeliverContext) => Promise<Outcomes>;

type Outcomes = ReadonlyMap<Batch, Outcome>;

export interface DeliverExportOptions extends AttemptOptions {
  readonly random: Random;
  /** What the destination's exporter takes now, the one to make first. */
  readonly encodings: () => Exporter["encodings"];
  /** A request of the exporter that holds nothing. */
  readonly empty: (format: FormatName) => Payload | undefined;
}

/** Keep one for each destination and signal: it remembers what failed there alone, and when anything was taken. */
export function createDeliverExport(options: DeliverExportOptions): DeliverExport {
  const { circuit, clock, random } = options;
  const suspects = createSuspects();
  /** What failed alone since anything was taken: a few of them are no outage, but may look like one. */
  const failing = createSuspects();
  let takenAt = Number.NEGATIVE_INFINITY;
  let trialAt = Number.NEGATIVE_INFINITY;
  /** Credentials or address were refused: that is so for every batch, and no newcomer need ask. */
  let isRefusedForAll = false;
  const refusals = createRefusals(options);

  return async function deliverExport(batches, context) {
    const [first] = batches;
    if (!first) return new Map();
    const order = createShardOrder(batches, context.shards);
    const encodings = options.encodings();
    const wasOpen = circuit.isOpen();
    if (batches.length === 1 && encodings.includes(first.encoding)) {
      // A batch alone travels as it is stored: nobody looks into it unless it is refused.
      const { payload, items, encoding } = first;
      const load = { ...addressOf(first), items, encoding, body: payload, batches: 1 };
      const isTrial = wasOpen && isNewcomer(await open(first));
      const made = await attempt(() => load, { ...context, isTrial }, options);
      if (made.attempted.kind === "delivered") return new Map([[first, taken(made.attempted)]]);
      if (!made.verdict && made.attempted.kind === "retry") return new Map([[first, made.attempted]]);
      const opened = await open(first);
      return "damage" in opened ? new Map([[first, damaged(opened.damage)]]) : judge([opened], made);
    }
    const opened = await Promise.all(batches.map(open));
    const pieces = opened.flatMap((piece) => ("damage" in piece ? [] : piece));
    const damages = opened.flatMap((piece) => ("damage" in piece ? piece : []));
    const alone = pieces.filter((piece) => suspects.has(piece.bytes) && order.isFree(piece.batch)).slice(0, maxAlone);
    const outcomes = new Map<Batch, Outcome>(damages.map(({ batch, damage }) => [batch, damaged(damage)]));
    // Those last: what they meet must not keep the others waiting.
    const others = pieces.filter((piece) => !alone.includes(piece));
    // The trial of a destination that is down is one batch, another one each time: it may be the batch that fails, after all.
    const heads = others.filter(({ batch }) => order.isHead(batch));
    const [trial] = wasOpen ? heads.splice(Math.floor(random() * heads.length), 1) : [];
    const behind = others.filter((piece) => piece !== trial);
    for (const group of [trial ? [trial] : [], behind, ...alone.map((piece) => [piece])]) {
      const sent = group.filter(({ batch }) => !order.isHeldBack(batch, outcomes));
      const [one] = sent;
      if (!one) continue;
      const isTrial = one === trial && isNewcomer(one);
      for (const [batch, outcome] of await judge(sent, await send(sent, isTrial))) outcomes.set(batch, outcome);
    }
    for (const { batch } of pieces) if (!outcomes.has(batch)) outcomes.set(batch, heldBack);
    return outcomes;

    function send(pieces: readonly Piece[], isTrial = false): Promise<Attempt> {
      return attempt(() => loadOf(pieces, first as Batch, encodings), { ...context, isTrial }, options);
    }

    async function judge(pieces: readonly Piece[], made: Attempt): Promise<Outcomes> {
      const { attempted, verdict } = made;
      if (verdict) isRefusedForAll = isAboutAll(verdict);
      if (attempted.kind === "delivered") {
        taken(attempted);
        for (const { bytes } of pieces) suspects.remove(bytes);
        return shared(pieces, attempted.rejected);
      }
      if (attempted.kind === "refused") return narrow(pieces, attempted, verdict);
      if (!verdict) return new Map(pieces.map(({ batch }) => [batch, attempted]));
      // Who failed is looked for among those that come first in their shards: what is behind them waits.
      const heads = pieces.filter(({ batch }) => order.isHead(batch));
      const [only] = heads;
      return heads.length > 1 || (only && isCut(only)) ? narrow(heads, attempted, verdict) : failed(heads, made);
    }

    /** Whether a batch that failed is looked into: in a trial now and then only. Where order matters, once a look is conclusive. */
    function isCut({ batch, items }: Piece): boolean {
      const after = formats[batch.format].ordered ? minReceives : cutAfterReceives;
      if (isRefusedForAll || items < 2 || receivesOf(batch) < after) return false;
      return !wasOpen || receivesOf(batch) >= longWait || random() < cutInTrials;
    }

    function sleep(ms: number): Promise<void> {
      return clock.sleep(ms, context.abort);
    }

    function ofPiece({ batch }: Piece): number {
      return receivesOf(batch);
    }

    function receivesOf(batch: Batch): number {
      return context.receives?.get(batch) ?? 0;
    }

    /** One batch, alone: an outage, unless others were taken since it began to fail. */
    function failed([piece]: readonly Piece[], { attempted, verdict }: Attempt): Outcomes {
      if (!piece || attempted.kind !== "retry") return new Map();
      const since = suspects.add(piece.bytes, monotonic(clock));
      failing.add(piece.bytes, monotonic(clock));
      trialAt = monotonic(clock);
      const isIsolated = takenAt > since;
      if (isIsolated) circuit.withdraw();
      else if (verdict) circuit.record(verdict);
      const retry: Retry = isIsolated ? { ...attempted, isIsolated } : labelled(attempted);
      return new Map([[piece.batch, convicted(retry, piece.items, receivesOf(piece.batch)) ?? retry]]);
    }

    async function narrow(pieces: readonly Piece[], cause: Refusal | Retry, seen?: Verdict): Promise<Outcomes> {
      const items = pieces.reduce((sum, piece) => sum + piece.items, 0);
      let last = seen;
      let failures = cause.kind === "retry" ? 1 : 0;
      const refusesAll = () => refusals.ask(first as Batch, context);
      const all = cause.kind === "refused" && refusals.isKnown(first as Batch) ? await refusesAll() : undefined;
      if (all) return new Map(pieces.map(({ batch }) => [batch, all]));
      if (cause.kind === "refused" && seen) circuit.record(seen);
      const found = await bisect(pieces, cause, {
        async probe(part) {
          const { attempted, verdict } = await send(part, wasOpen);
          if (attempted.kind === "delivered") taken(attempted);
          if (attempted.kind === "refused" && verdict) circuit.record(verdict);
          if (attempted.kind === "retry" && verdict) {
            failures += 1;
            last = verdict;
          }
          return attempted;
        },
        halve: (piece) => halve(piece, first as Batch),
        random,
        maxExports: budgetOf(pieces, items),
        maxSamples: samplesFor(seen, wasOpen, Math.max(0, ...pieces.map(({ batch }) => receivesOf(batch)))),
        cutsFailed: pieces.length === 1,
        refusesAll,
        keepsOrder: cause.kind === "refused" && pieces.some(({ batch }) => !order.isFree(batch)),
      });
      const isOrdered = formats[(first as Batch).format].ordered;
      const bisected = isOrdered ? await convictInOrder(found, { send, sleep, receivesOf: ofPiece }) : found;
      if (!bisected.isAlive && last) circuit.record(last, failures);
      trialAt = monotonic(clock);
      for (const { piece, isAlone } of bisected.rest) {
        if (!isAlone) continue;
        suspects.add(piece.bytes, monotonic(clock));
        failing.add(piece.bytes, monotonic(clock));
      }
      tell(bisected, cause, items);
      return new Map(
        pieces.map(({ batch }) => {
          const outcome = bisectedOutcome(bisected, batch);
          return [batch, outcome.kind === "retry" ? labelled(outcome) : outcome];
        }),
      );
    }

    function tell({ exports, guilty }: Bisected, cause: Refusal | Retry, items: number): void {
      if (cause.kind === "retry" && guilty.length === 0) return;
      const deadLettered = guilty.reduce((sum, { piece }) => sum + piece.items, 0);
      const { format, destination } = first as Batch;
      options.emit("export.narrowed", { signal: formats[format].signal, destination, items, exports, deadLettered });
    }
  };

  function taken({ rejected }: Extract<Attempted, { kind: "delivered" }>): Outcome {
    takenAt = monotonic(clock);
    failing.clear();
    circuit.record({ kind: "delivered", rejected: 0 });
    return { kind: "delivered", rejected };
  }

  /**
   * Whether it goes ahead although the destination counts as down: where only a few batches say so, again and again, another one is
   * asked soon. In an outage there are more of them at once.
   */
  function isNewcomer(piece: Opened): boolean {
    if (isRefusedForAll || "damage" in piece || failing.size > maxFailing || failing.has(piece.bytes)) return false;
    if (monotonic(clock) - trialAt < newcomerPauseMs) return false;
    trialAt = monotonic(clock);
    return true;
  }

  function labelled(retry: Retry): Retry {
    return retry.cause === "failed" && !retry.isIsolated && circuit.isOpen() ? { ...retry, cause: "outage" } : retry;
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

function damaged(message: string): Outcome {
  return { kind: "rejected", reason: "undecodable", message };
}

function isAboutAll(verdict: Verdict): boolean {
  return verdict.kind === "misconfigured" && (verdict.status === 0 || verdict.status === 401);
}
