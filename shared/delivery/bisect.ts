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
  /** Most exports; what was not judged by then comes back. */
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
  readonly guilty: readonly { readonly piece: Piece<Owner>; readonly refusal: DeadLetterReason }[];
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

interface Suspect<Owner> {
  readonly pieces: readonly Piece<Owner>[];
  /** What became of it, or of what it was part of. */
  readonly cause: Refusal | Retry;
  /** `assumed`: the whole was refused and everything else of it was delivered. */
  state: "open" | "assumed" | "tried";
  /** The half beside it, still to be looked at. */
  readonly other?: Suspect<Owner>;
}

const manyGuilty = 8;
/** So many refused alone, and nothing taken: perhaps it is not the data. */
const allGuilty = 200;
const unjudged: Retry = { kind: "retry", cause: "not-tried", reason: "others of its export were looked at first" };

/**
 * Narrows an export that was refused, or that failed, down to the smallest parts that are the reason: by halves, first between
 * batches, then inside one. One such item among n costs about log2 n exports, because the half beside a delivered one need not
 * be tried as a whole. Nothing is found guilty by an export that held anything else, and nothing delivered is sent again.
 */
export async function bisect<Owner>(
  pieces: readonly Piece<Owner>[],
  cause: Refusal | Retry,
  options: BisectOptions<Owner>,
): Promise<Bisected<Owner>> {
  const delivered: Bisected<Owner>["delivered"][number][] = [];
  const guilty: Bisected<Owner>["guilty"][number][] = [];
  const rest: Rest<Owner>[] = [];
  const open: Suspect<Owner>[] = [{ pieces, cause, state: "tried" }];
  const items = pieces.reduce((sum, piece) => sum + piece.items, 0);
  /** As many failures in a row as there are between the whole and one item: more of them are an outage. */
  const maxFailures = Math.ceil(Math.log2(Math.max(2, items))) + 3;
  let isAlive = cause.kind === "refused";
  let failures = 0;
  let exports = 0;
  let isAsked = false;

  if (!isAlive) await sample();
  for (let suspect = open.pop(); suspect; suspect = open.pop()) {
    // Where everything was refused until now, parts are hardly taken as a whole: down to the items at once.
    if (guilty.length >= manyGuilty && delivered.length === 0 && suspect.state === "open") suspect.state = "assumed";
    const parts = suspect.state === "open" ? undefined : partsOf(suspect);
    if (parts) push(parts, suspect.cause);
    else if (suspect.state === "tried") settle(suspect, suspect.cause);
    else if (exports >= options.maxExports) giveBack(suspect, unjudged);
    else await tryWhole(suspect);
    if (guilty.length >= allGuilty && delivered.length === 0 && !isAsked) await ask();
  }
  return { delivered, guilty, rest, isAlive, exports };

  async function ask(): Promise<void> {
    isAsked = true;
    const retry = await options.refusesAll?.();
    if (retry) for (const each of open.splice(0)) giveBack(each, retry);
  }

  async function tryWhole(suspect: Suspect<Owner>): Promise<void> {
    const { pieces: suspected, other, cause: before } = suspect;
    const attempted = await probe(suspected);
    if (attempted.kind === "delivered") {
      delivered.push({ pieces: suspected, rejected: attempted.rejected });
      // Not so for size, which adds up: two halves may be fine where the whole was not. Nor for failures, which may be chance.
      if (other && before.kind === "refused" && before.reason === "rejected") other.state = "assumed";
    } else if (attempted.kind === "retry" && (options.keepsOrder || !wasSent(attempted) || failures >= maxFailures)) {
      for (const each of [suspect, ...open.splice(0)]) giveBack(each, attempted);
    } else {
      open.push({ pieces: suspected, cause: attempted, state: "tried" });
    }
  }

  async function probe(suspected: readonly Piece<Owner>[]): Promise<Attempted> {
    const attempted = await options.probe(suspected);
    exports += 1;
    failures = attempted.kind === "retry" ? failures + 1 : 0;
    if (attempted.kind !== "retry") isAlive = true;
    return attempted;
  }

  /** Whether anything is taken: a few pieces alone, anywhere in the export. Where none is, everything comes back. */
  async function sample(): Promise<void> {
    let left: Suspect<Owner>[] = open.splice(0);
    let last = cause;
    for (let samples = 0; samples < options.maxSamples && left.length > 0 && !isAlive; samples++) {
      const { one, around } = takeOne(left);
      if (!one || (around.length === 0 && samples === 0)) break;
      left = around;
      const attempted = await probe(one.pieces);
      last = attempted.kind === "retry" ? attempted : last;
      if (attempted.kind === "delivered") delivered.push({ pieces: one.pieces, rejected: attempted.rejected });
      else if (attempted.kind === "retry") giveBack(one, attempted, wasSent(attempted));
      else open.push({ ...one, cause: attempted, state: "tried" });
      if (attempted.kind === "retry" && !wasSent(attempted)) break;
    }
    if (isAlive) open.push(...left);
    else for (const each of left) giveBack(each, last.kind === "retry" ? last : unjudged);
  }

  /** One piece, and what is cut off around it, the largest part last. */
  function takeOne(from: readonly Suspect<Owner>[]): { one?: Suspect<Owner>; around: Suspect<Owner>[] } {
    const around = [...from];
    let one = around.splice(Math.floor(options.random() * around.length), 1)[0];
    while (one) {
      const parts = partsOf(one);
      if (!parts) break;
      const chosen = Math.floor(options.random() * parts.length);
      const { cause: whole } = one;
      const made = parts.map((part): Suspect<Owner> => ({ pieces: part, cause: whole, state: "open" }));
      around.push(...made.filter((_, index) => index !== chosen));
      one = made[chosen];
    }
    return { ...(one && { one }), around };
  }

  function partsOf({ pieces: whole, cause: why }: Suspect<Owner>): readonly (readonly Piece<Owner>[])[] | undefined {
    const [only] = whole;
    if (whole.length > 1) {
      const middle = Math.ceil(whole.length / 2);
      return [whole.slice(0, middle), whole.slice(middle)];
    }
    if (!only || only.items <= 1 || (why.kind === "retry" && !options.cutsFailed)) return undefined;
    const parts = options.halve(only);
    return parts.length > 1 ? parts.map((part) => [part]) : undefined;
  }

  function push(parts: readonly (readonly Piece<Owner>[])[], why: Refusal | Retry): void {
    let other: Suspect<Owner> | undefined;
    for (const part of parts.toReversed()) {
      // With more than two parts, the delivery of one proves nothing about the next.
      other = { pieces: part, cause: why, state: "open", ...(other && parts.length === 2 && { other }) };
      open.push(other);
    }
  }

  /** What cannot be cut was judged by an export of its own. */
  function settle(suspect: Suspect<Owner>, judged: Refusal | Retry): void {
    if (judged.kind === "retry") giveBack(suspect, judged, true);
    else for (const piece of suspect.pieces) guilty.push({ piece, refusal: judged });
  }

  function giveBack(suspect: Suspect<Owner>, retry: Retry, isAlone = false): void {
    for (const piece of suspect.pieces) rest.push({ piece, retry, isAlone });
  }
}

/** `outage`: held back, because the destination is known to be down. */
function wasSent({ cause }: Retry): boolean {
  return cause === "failed" || cause === "throttled";
}
