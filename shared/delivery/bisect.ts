import type { Batch } from "../batch/batch.ts";
import type { Retry } from "../batch/outcome.ts";
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
  /** Refusals in a row, nothing delivered in between, after which what is left is no longer narrowed down. */
  readonly patience: () => number;
  /** Most exports spent on narrowing down; what is left then is sent once each, uncut. */
  readonly maxExports: number;
}

export interface Bisected<Owner = Batch> {
  readonly delivered: readonly { readonly pieces: readonly Piece<Owner>[]; readonly rejected: number }[];
  readonly guilty: readonly { readonly piece: Piece<Owner>; readonly refusal: Refusal }[];
  /** Not settled: the destination stopped answering. */
  readonly rest: readonly Piece<Owner>[];
  readonly stopped?: Retry;
  readonly exports: number;
}

interface Suspect<Owner> {
  readonly pieces: readonly Piece<Owner>[];
  /** Why it, or what it was part of, was refused. */
  readonly refusal: Refusal;
  /** `assumed`: the whole was refused and everything else of it was delivered. */
  state: "open" | "assumed" | "refused";
  /** The half beside it, still to be looked at. */
  readonly other?: Suspect<Owner>;
}

/**
 * Narrows a refused export down to its smallest guilty parts: by halves, first between batches, then inside one. One
 * guilty item among n costs about log2 n exports, because the half beside a delivered one need not be tried as a whole.
 * A single item is always tried alone before it is found guilty. Nothing that was delivered is sent again.
 */
export async function bisect<Owner>(
  pieces: readonly Piece<Owner>[],
  refusal: Refusal,
  options: BisectOptions<Owner>,
): Promise<Bisected<Owner>> {
  const delivered: Bisected<Owner>["delivered"][number][] = [];
  const guilty: Bisected<Owner>["guilty"][number][] = [];
  const open: Suspect<Owner>[] = [{ pieces, refusal, state: "refused" }];
  let refusals = 0;
  let exports = 0;
  let sample: Suspect<Owner> | undefined;

  for (let suspect = next(); suspect; suspect = next()) {
    const { pieces: suspected, refusal: cause, state, other } = suspect;
    const halves = state === "open" ? undefined : cut(suspected);
    if (halves) {
      push(halves, cause);
    } else if (state === "refused") {
      convict(suspected, cause);
    } else {
      const verdict = await options.probe(suspected);
      exports += 1;
      if (verdict.kind === "delivered") {
        if (suspect !== sample) refusals = 0;
        delivered.push({ pieces: suspected, rejected: verdict.rejected });
        // Not so for size, which adds up: two halves may be fine where the whole was not.
        if (other && cause.reason === "rejected") other.state = "assumed";
      } else if (verdict.kind === "refused") {
        refusals += 1;
        open.push({ pieces: suspected, refusal: verdict, state: "refused" });
      } else {
        const rest = [suspected, ...open.map((left) => left.pieces)].flat();
        return { delivered, guilty, rest, stopped: verdict, exports };
      }
    }
  }
  return { delivered, guilty, rest: [], exports };

  function cut(suspected: readonly Piece<Owner>[]) {
    const narrowing = refusals < options.patience() && exports < options.maxExports;
    return narrowing ? halvesOf(suspected, options.halve) : undefined;
  }

  /** The deepest suspect; where patience is over before anything was delivered, one far item decides for all. */
  function next(): Suspect<Owner> | undefined {
    if (refusals < options.patience() || delivered.length > 0 || open.length === 0) return open.pop();
    if (!sample) {
      sample = takeSample();
      return sample;
    }
    for (const { pieces: others, refusal: cause } of open.splice(0)) convict(others, cause);
    return undefined;
  }

  /** An item of the largest suspect; what is cut off around it is looked at later, the smallest part first. */
  function takeSample(): Suspect<Owner> | undefined {
    let suspect = open.shift();
    const around: Suspect<Owner>[] = [];
    for (;;) {
      const [first, ...others] = (suspect && halvesOf(suspect.pieces, options.halve)) ?? [];
      if (!suspect || !first) break;
      const { refusal: cause } = suspect;
      around.push(...others.map((half): Suspect<Owner> => ({ pieces: half, refusal: cause, state: "open" })));
      suspect = { pieces: first, refusal: cause, state: "open" };
    }
    open.unshift(...around);
    return suspect;
  }

  function push(halves: readonly (readonly Piece<Owner>[])[], cause: Refusal): void {
    let other: Suspect<Owner> | undefined;
    for (const half of halves.toReversed()) {
      // With more than two parts, the delivery of one proves nothing about the next.
      other = { pieces: half, refusal: cause, state: "open", ...(other && halves.length === 2 && { other }) };
      open.push(other);
    }
  }

  function convict(convicted: readonly Piece<Owner>[], cause: Refusal): void {
    for (const piece of convicted) guilty.push({ piece, refusal: cause });
  }
}

function halvesOf<Owner>(
  pieces: readonly Piece<Owner>[],
  halve: BisectOptions<Owner>["halve"],
): readonly (readonly Piece<Owner>[])[] | undefined {
  const [only] = pieces;
  if (pieces.length > 1) {
    const middle = Math.ceil(pieces.length / 2);
    return [pieces.slice(0, middle), pieces.slice(middle)];
  }
  if (!only || only.items <= 1) return undefined;
  const parts = halve(only);
  return parts.length > 1 ? parts.map((part) => [part]) : undefined;
}
