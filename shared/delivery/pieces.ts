import type { Batch } from "../batch/batch.ts";
import { formats } from "../batch/formats.ts";
import { type Compression, compress, decompress } from "../compression/compress.ts";
import { errorText } from "../error-text.ts";
import { merge } from "../wire/merge.ts";
import { split } from "../wire/split.ts";
import type { Load } from "./attempt.ts";
import type { Piece } from "./bisect.ts";
import type { Exporter } from "./exporter.ts";

/** A batch as plain bytes, or why it cannot be read. */
export type Opened = Piece | { readonly batch: Batch; readonly damage: string };

/** Compressing less than this gains nothing. */
const smallBytes = 256;

/** Decompresses a batch. */
export async function open(batch: Batch): Promise<Opened> {
  const { payload, encoding, bytes, items } = batch;
  if (encoding === "identity") return { batch, bytes: payload, items };
  try {
    return { batch, bytes: await decompress(payload, encoding, bytes), items };
  } catch (error) {
    return {
      batch,
      damage: `the payload cannot be decompressed: ${errorText(error)}`,
    };
  }
}

/** The export that these pieces make, all of the format and destination of `batch`. */
export async function loadOf(pieces: readonly Piece[], batch: Batch, encodings: Exporter["encodings"]): Promise<Load> {
  const bytes = merge(pieces.map((piece) => piece.bytes));
  const items = pieces.reduce((sum, piece) => sum + piece.items, 0);
  const batches = new Set(pieces.map((piece) => piece.batch)).size;
  const acceptedAt = pieces.reduce((oldest, piece) => Math.min(oldest, piece.batch.acceptedAt), batch.acceptedAt);
  const load = { ...addressOf(batch), items, batches, acceptedAt };
  const isSmall = bytes.length < smallBytes && encodings.includes("identity");
  const encoding: Compression = isSmall ? "identity" : encodings[0];
  return { ...load, encoding, body: await compress(bytes, encoding) };
}

/** A batch alone, stored in an encoding that the exporter takes. What is not compressed costs more on the way than compressing it does. */
export function loadAlone(batch: Batch, encodings: Exporter["encodings"]): Load | Promise<Load> {
  const { payload, items, encoding, acceptedAt } = batch;
  if (encoding === "identity") return loadOf([{ batch, bytes: payload, items }], batch, encodings);
  return { ...addressOf(batch), items, encoding, body: payload, batches: 1, acceptedAt };
}

/** What it is, and for whom. */
function addressOf({ format, destination, tenant }: Batch) {
  return { format, destination, ...(tenant !== undefined && { tenant }) };
}

/** Cuts a piece in two. What cannot be cut, because it is not a request at all, is judged as a whole. */
export function halve(piece: Piece, { format }: Batch): readonly Piece[] {
  const limits = { maxBytes: Number.POSITIVE_INFINITY, maxItems: Math.ceil(piece.items / 2) };
  try {
    const { parts, tooLarge } = split(piece.bytes, formats[format].message, limits);
    return tooLarge.length > 0 ? [piece] : parts.map((part) => ({ ...part, batch: piece.batch }));
  } catch {
    return [piece];
  }
}
