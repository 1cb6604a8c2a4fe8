import type { Batch } from "../batch/batch.ts";
import { formats } from "../batch/formats.ts";
import type { Outcome } from "../batch/outcome.ts";
import { type Compression, compress } from "../compression/compress.ts";
import { gunzip } from "../compression/gzip.ts";
import { merge } from "../wire/merge.ts";
import { split } from "../wire/split.ts";
import { type Attempted, type AttemptOptions, attempt, type Load } from "./attempt.ts";
import { type Bisected, bisect, type Piece } from "./bisect.ts";
import { bisectedOutcome } from "./bisected-outcome.ts";
import type { DeliverContext } from "./deliver.ts";
import type { Exporter } from "./exporter.ts";
import type { Refusal } from "./verdict.ts";

/** Compressing less than this gains nothing. */
const smallBytes = 256;
/** Refusals in a row after which narrowing gives up: beyond the depth of the search, or where everything was refused lately. */
const patience = { usual: 8, suspicious: 1 };

/** Delivers the batches of one export, all of one format and destination. Rejects only for bugs. */
export type DeliverExport = (batches: readonly Batch[], context: DeliverContext) => Promise<Outcomes>;

type Outcomes = ReadonlyMap<Batch, Outcome>;
type Opened = Piece | { readonly batch: Batch; readonly damage: string };

export interface DeliverExportOptions extends AttemptOptions {
  /** What the destination's exporter takes now, the one to make first. */
  readonly encodings: () => Exporter["encodings"];
}

/** Keep one for each destination and signal: it remembers whether everything was refused lately. */
export function createDeliverExport(options: DeliverExportOptions): DeliverExport {
  let refusesAll = false;

  return async function deliverExport(batches, context) {
    const [first] = batches;
    if (!first) return new Map();
    const encodings = options.encodings();
    if (batches.length === 1 && encodings.includes(first.encoding)) {
      // A batch alone travels as it is stored: nobody looks into it unless it is refused.
      const { payload, items, encoding } = first;
      const load = { ...addressOf(first), items, encoding, body: payload, batches: 1 };
      const attempted = await attempt(() => load, context, options);
      if (attempted.kind === "delivered") refusesAll = false;
      if (attempted.kind !== "refused") return new Map([[first, outcomeOf(attempted)]]);
      return narrow(await Promise.all(batches.map(open)), attempted);
    }
    const opened = await Promise.all(batches.map(open));
    const attempted = await probe(piecesOf(opened));
    if (attempted.kind === "refused") return narrow(opened, attempted);
    let unclaimed = attempted.kind === "delivered" ? attempted.rejected : 0;
    return outcomesOf(opened, (piece) => {
      if (attempted.kind !== "delivered") return attempted;
      // The destination says how many items it did not take, not whose they were.
      const rejected = Math.min(unclaimed, piece.items);
      unclaimed -= rejected;
      return { kind: "delivered", rejected };
    });

    async function probe(pieces: readonly Piece[]): Promise<Attempted> {
      if (pieces.length === 0) return { kind: "retry", cause: "not-tried", reason: "nothing to send" };
      const attempted = await attempt(() => loadOf(pieces, first as Batch, encodings), context, options);
      if (attempted.kind === "delivered") refusesAll = false;
      return attempted;
    }

    async function narrow(of: readonly Opened[], refusal: Refusal): Promise<Outcomes> {
      const pieces = piecesOf(of);
      const items = pieces.reduce((sum, piece) => sum + piece.items, 0);
      const depth = Math.ceil(Math.log2(Math.max(2, items)));
      const bisected = await bisect(pieces, refusal, {
        probe,
        halve: (piece) => halve(piece, first as Batch),
        patience: () => (refusesAll ? patience.suspicious : depth + patience.usual),
        maxExports: 8 * depth + 32,
      });
      tell(bisected, items);
      return outcomesOf(of, ({ batch }) => bisectedOutcome(bisected, batch));
    }

    function tell(bisected: Bisected, items: number): void {
      const { exports, guilty, delivered, rest } = bisected;
      const parked = guilty.reduce((sum, { piece }) => sum + piece.items, 0);
      const nothing = delivered.length === 0 && rest.length === 0;
      refusesAll = nothing && (refusesAll || exports >= patience.usual);
      const { format, destination } = first as Batch;
      options.emit("export.narrowed", { signal: formats[format].signal, destination, items, exports, parked });
    }
  };
}

async function open(batch: Batch): Promise<Opened> {
  const { payload, encoding, bytes, items } = batch;
  if (encoding === "identity") return { batch, bytes: payload, items };
  try {
    return { batch, bytes: await gunzip(payload, bytes), items };
  } catch (error) {
    return {
      batch,
      damage: `the payload cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function outcomesOf(opened: readonly Opened[], outcomeOf: (piece: Piece) => Outcome): Outcomes {
  return new Map(opened.map((each) => [each.batch, "damage" in each ? damaged(each.damage) : outcomeOf(each)]));
}

function piecesOf(opened: readonly Opened[]): readonly Piece[] {
  return opened.flatMap((piece) => ("damage" in piece ? [] : piece));
}

async function loadOf(pieces: readonly Piece[], batch: Batch, encodings: Exporter["encodings"]): Promise<Load> {
  const bytes = merge(pieces.map((piece) => piece.bytes));
  const items = pieces.reduce((sum, piece) => sum + piece.items, 0);
  const batches = new Set(pieces.map((piece) => piece.batch)).size;
  const load = { ...addressOf(batch), items, batches };
  const isSmall = bytes.length < smallBytes && encodings.includes("identity");
  const encoding: Compression = isSmall ? "identity" : encodings[0];
  return { ...load, encoding, body: await compress(bytes, encoding) };
}

/** What it is, and for whom. */
function addressOf({ format, destination, tenant }: Batch) {
  return { format, destination, ...(tenant !== undefined && { tenant }) };
}

/** What cannot be cut, because it is no request at all, is guilty as a whole. */
function halve(piece: Piece, { format }: Batch): readonly Piece[] {
  const limits = { maxBytes: Number.POSITIVE_INFINITY, maxItems: Math.ceil(piece.items / 2) };
  try {
    const { parts, tooLarge } = split(piece.bytes, formats[format].message, limits);
    return tooLarge.length > 0 ? [piece] : parts.map((part) => ({ ...part, batch: piece.batch }));
  } catch {
    return [piece];
  }
}

function outcomeOf(attempted: Exclude<Attempted, Refusal>): Outcome {
  return attempted.kind === "delivered" ? { kind: "delivered", rejected: attempted.rejected } : attempted;
}

function damaged(message: string): Outcome {
  return { kind: "rejected", reason: "undecodable", message };
}
