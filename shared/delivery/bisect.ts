import type { Batch } from "../batch/batch.ts";
import type { DeadLetterReason, Retry } from "../batch/outcome.ts";
import type { Random } from "../clock.ts";
import type { Part } from "../wire/part-writer.ts";
import type { Attempted } from "./attempt.ts";
import type { Refusal } from "./verdict.ts";

/** A whole batch, or part of one. */
export interface Piece<Owner = Batch> extends Part {
  /** Which batch of the export. */
  readonly batch: Owner;
}

export interface BisectOptions<Owner = Batch> {
  /** Sends these pieces as one export. */
  readonly probe: (pieces: readonly Piece<Owner>[]) => Promise<Attempted>;
  /** Cuts a piece of several items in two, or in more where its shape asks for it. */
  readonly halve: (piece: Piece<Owner>) => readonly Piece<Owner>[];
  readonly random: Random;
  /** Most exports; what was not tried by then comes back. */
  readonly maxExports: number;
  /** After a failure: pieces that are tried alone to see whether the destination takes anything at all. */
  readonly maxSamples: number;
  /** Whether a failure is looked for inside a batch too; a refusal always is. */
  readonly cutsFailed: boolean;
  /** Asked once many were refused alone and nothing was taken: why that is not about the data. Everything else comes back then. */
  readonly refusesAll?: () => Promise<Retry | undefined>;
  /** Whether nothing is sent behind what must wait; default no. */
  readonly keepsOrder?: boolean;
}

export interface Bisected<Owner = Batch> {
  readonly delivered: readonly { readonly pieces: readonly Piece<Owner>[]; readonly rejected: number }[];
  /** Refused alone, by a status about content. */
  readonly refused: readonly { readonly piece: Piece<Owner>; readonly refusal: DeadLetterReason }[];
  /** Neither taken nor refused. */
  readonly rest: readonly Rest<Owner>[];
  /** The destination judged some of it, so that what failed beside is not an outage. */
  readonly isAlive: boolean;
  readonly exports: number;
}

/** A piece to be sent again. `isAlone`: it failed in an export of its own; otherwise nothing is known of it. */
export interface Rest<Owner = Batch> {
  readonly piece: Piece<Owner>;
  readonly retry: Retry;
  readonly isAlone: boolean;
}

interface Candidate<Owner> {
  readonly pieces: readonly Piece<Owner>[];
  /** What became of it, or of what it was part of. */
  readonly cause: Refusal | Retry;
  /** `assumed`: the whole was refused and everything else of it was delivered. */
  state: "open" | "assumed" | "tried";
  /** The half beside it, still to be looked at. */
  readonly other?: Candidate<Owner>;
}

const manyRefused = 8;
/** So many refused alone, and nothing taken: perhaps it is not the data. */
const allRefused = 200;
const notTried: Retry = { kind: "retry", cause: "not-tried", reason: "others of its export were looked at first" };

/**
 * Narrows an export that was refused, or that failed, down to the smallest parts that are the reason: by halves, first between
 * batches, then inside one. One such item among n costs about log2 n exports, because the half beside a delivered one need not
 * be tried as a whole. Nothing counts as refused by an export that held anything else, and nothing delivered is sent again.
 */
export async function bisect<Owner>(
  pieces: readonly Piece<Owner>[],
  cause: Refusal | Retry,
  options: BisectOptions<Owner>,
): Promise<Bisected<Owner>> {
  return new Bisection<Owner>(pieces, cause, options).run();
}

class Bisection<Owner> {
  private readonly cause: Refusal | Retry;
  private readonly options: BisectOptions<Owner>;
  private readonly delivered: Bisected<Owner>["delivered"][number][] = [];
  private readonly refused: Bisected<Owner>["refused"][number][] = [];
  private readonly rest: Rest<Owner>[] = [];
  private readonly open: Candidate<Owner>[];
  /** As many failures in a row as there are between the whole and one item: more of them are an outage. */
  private readonly maxFailures: number;
  private isAlive: boolean;
  private failures = 0;
  private exports = 0;
  private isAsked = false;

  constructor(pieces: readonly Piece<Owner>[], cause: Refusal | Retry, options: BisectOptions<Owner>) {
    this.cause = cause;
    this.options = options;
    this.open = [{ pieces, cause, state: "tried" }];
    const items = pieces.reduce((sum, piece) => sum + piece.items, 0);
    this.maxFailures = Math.ceil(Math.log2(Math.max(2, items))) + 3;
    this.isAlive = cause.kind === "refused";
  }

  async run(): Promise<Bisected<Owner>> {
    if (!this.isAlive) await this.sample();
    for (let candidate = this.open.pop(); candidate; candidate = this.open.pop()) {
      // Where everything was refused until now, parts are hardly taken as a whole: down to the items at once.
      if (this.refused.length >= manyRefused && this.delivered.length === 0 && candidate.state === "open")
        candidate.state = "assumed";
      const parts = candidate.state === "open" ? undefined : this.partsOf(candidate);
      if (parts) this.push(parts, candidate.cause);
      else if (candidate.state === "tried") this.settle(candidate, candidate.cause);
      else if (this.exports >= this.options.maxExports) this.giveBack(candidate, notTried);
      else await this.tryWhole(candidate);
      if (this.refused.length >= allRefused && this.delivered.length === 0 && !this.isAsked) await this.ask();
    }
    const { delivered, refused, rest, isAlive, exports } = this;
    return { delivered, refused, rest, isAlive, exports };
  }

  private async ask(): Promise<void> {
    this.isAsked = true;
    const retry = await this.options.refusesAll?.();
    if (retry) for (const each of this.open.splice(0)) this.giveBack(each, retry);
  }

  private async tryWhole(candidate: Candidate<Owner>): Promise<void> {
    const { pieces: inside, other, cause: before } = candidate;
    const attempted = await this.probe(inside);
    if (attempted.kind === "delivered") {
      this.delivered.push({ pieces: inside, rejected: attempted.rejected });
      // Not so for size, which adds up: two halves may be fine where the whole was not. Nor for failures, which may be chance.
      if (other && before.kind === "refused" && before.reason === "rejected") other.state = "assumed";
    } else if (
      attempted.kind === "retry" &&
      (this.options.keepsOrder || !wasSent(attempted) || this.failures >= this.maxFailures)
    ) {
      for (const each of [candidate, ...this.open.splice(0)]) this.giveBack(each, attempted);
    } else {
      this.open.push({ pieces: inside, cause: attempted, state: "tried" });
    }
  }

  private async probe(inside: readonly Piece<Owner>[]): Promise<Attempted> {
    const attempted = await this.options.probe(inside);
    this.exports += 1;
    this.failures = attempted.kind === "retry" ? this.failures + 1 : 0;
    if (attempted.kind !== "retry") this.isAlive = true;
    return attempted;
  }

  /** Whether anything is taken: a few pieces alone, anywhere in the export. Where none is, everything comes back. */
  private async sample(): Promise<void> {
    let left: Candidate<Owner>[] = this.open.splice(0);
    let last = this.cause;
    for (let samples = 0; samples < this.options.maxSamples && left.length > 0 && !this.isAlive; samples++) {
      const { one, around } = this.takeOne(left);
      if (!one || (around.length === 0 && samples === 0)) break;
      left = around;
      const attempted = await this.probe(one.pieces);
      last = attempted.kind === "retry" ? attempted : last;
      if (attempted.kind === "delivered") this.delivered.push({ pieces: one.pieces, rejected: attempted.rejected });
      else if (attempted.kind === "retry") this.giveBack(one, attempted, wasSent(attempted));
      else this.open.push({ ...one, cause: attempted, state: "tried" });
      if (attempted.kind === "retry" && !wasSent(attempted)) break;
    }
    if (this.isAlive) this.open.push(...left);
    else for (const each of left) this.giveBack(each, last.kind === "retry" ? last : notTried);
  }

  /** One piece, and what is cut off around it, the largest part last. */
  private takeOne(from: readonly Candidate<Owner>[]): { one?: Candidate<Owner>; around: Candidate<Owner>[] } {
    const around = [...from];
    let one = around.splice(Math.floor(this.options.random() * around.length), 1)[0];
    while (one) {
      const parts = this.partsOf(one);
      if (!parts) break;
      const chosen = Math.floor(this.options.random() * parts.length);
      const { cause: whole } = one;
      const made = parts.map((part): Candidate<Owner> => ({ pieces: part, cause: whole, state: "open" }));
      around.push(...made.filter((_, index) => index !== chosen));
      one = made[chosen];
    }
    return { ...(one && { one }), around };
  }

  private partsOf({ pieces: whole, cause: why }: Candidate<Owner>): readonly (readonly Piece<Owner>[])[] | undefined {
    const [only] = whole;
    if (whole.length > 1) {
      const middle = Math.ceil(whole.length / 2);
      return [whole.slice(0, middle), whole.slice(middle)];
    }
    if (!only || only.items <= 1 || (why.kind === "retry" && !this.options.cutsFailed)) return undefined;
    const parts = this.options.halve(only);
    return parts.length > 1 ? parts.map((part) => [part]) : undefined;
  }

  private push(parts: readonly (readonly Piece<Owner>[])[], why: Refusal | Retry): void {
    let other: Candidate<Owner> | undefined;
    for (const part of parts.toReversed()) {
      // With more than two parts, the delivery of one proves nothing about the next.
      other = { pieces: part, cause: why, state: "open", ...(other && parts.length === 2 && { other }) };
      this.open.push(other);
    }
  }

  /** What cannot be cut was judged by an export of its own. */
  private settle(candidate: Candidate<Owner>, judged: Refusal | Retry): void {
    if (judged.kind === "retry") this.giveBack(candidate, judged, true);
    else for (const piece of candidate.pieces) this.refused.push({ piece, refusal: judged });
  }

  private giveBack(candidate: Candidate<Owner>, retry: Retry, isAlone = false): void {
    for (const piece of candidate.pieces) this.rest.push({ piece, retry, isAlone });
  }
}

/** `outage`: held back, because the destination is known to be down. */
function wasSent({ cause }: Retry): boolean {
  return cause === "failed" || cause === "throttled";
}
