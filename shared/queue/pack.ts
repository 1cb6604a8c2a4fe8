import type { ReceivedRequest } from "../batch/accept.ts";
import type { Batch } from "../batch/batch.ts";
import { formats } from "../batch/formats.ts";
import { gzip, isGzipMember } from "../compression/gzip.ts";
import type { Part } from "../wire/part-writer.ts";
import { itemNoun } from "../wire/schema.ts";
import { split } from "../wire/split.ts";
import { maxPayloadBytes as sqsPayloadBytes } from "./envelope.ts";

/** Most bytes of one item: what Grafana Cloud's traces take in a whole request (15 MiB), less room for its resource. */
const maxItemBytes = 14 * 2 ** 20;
/** Aim below the limit when cutting by an estimated ratio: parts of one request do not compress alike. */
const headroom = 0.85;
/** What may be compressed for one request: this many times its size, and as much as small ones need beside. */
const workFactor = 6;
const workBytes = 8 * 2 ** 20;

export interface PackOptions {
  readonly destination: string;
  /** Milliseconds since the Unix epoch. */
  readonly acceptedAt: number;
  /** Most bytes, uncompressed, of one batch of several items: what fits one export. */
  readonly maxBatchBytes: number;
  /** Most bytes of a payload: what the queue has room for; default what SQS has. */
  readonly maxPayloadBytes?: number;
}

export interface Packed {
  readonly batches: readonly Batch[];
  /** Items that fit no queue message, even alone and compressed. */
  readonly rejected?: { readonly items: number; readonly message: string };
}

/**
 * Turns one request into batches that each fit a queue message. What arrived compressed and fits is stored as it came,
 * everything else is compressed once; a request that is too large is cut between its items, guided by how well it
 * compresses. What is compressed in all is bounded by a multiple of the request, whatever a large resource would repeat.
 */
export async function pack(request: ReceivedRequest, options: PackOptions): Promise<Packed> {
  const { format, items, bytes } = request;
  const { maxPayloadBytes = sqsPayloadBytes } = options;
  const packer = createPacker(request, options);
  if (bytes.length <= options.maxBatchBytes || items <= 1) {
    if (request.gzip && isGzipMember(request.gzip, bytes.length) && request.gzip.length <= maxPayloadBytes) {
      packer.add({ bytes, items }, request.gzip);
    } else {
      await packer.pack([{ bytes, items }]);
    }
  } else {
    await packer.pack(packer.cut({ bytes, items }, options.maxBatchBytes));
  }
  const batches = packer.batches();
  const { rejected } = packer;
  if (rejected.items === 0) return { batches };
  const limit = `an item must fit one queue message: ${maxPayloadBytes} bytes compressed, ${maxItemBytes} as sent`;
  const noun = itemNoun(formats[format].message, rejected.items);
  const message = `${rejected.items} ${noun} too large (${rejected.largest} bytes); ${limit}`;
  return { batches, rejected: { items: rejected.items, message } };
}

/** Part of a batch as a request: of the same format, for the same tenant. */
export function partOf({ format, tenant }: Batch, { bytes, items }: Part): ReceivedRequest {
  return { format, ...(tenant !== undefined && { tenant }), bytes, items };
}

/** A part on its way: it became a batch, or was cut into further parts, which stand in its place. */
interface Piece extends Part {
  batch?: Batch;
  parts?: readonly Piece[];
}

function createPacker(request: ReceivedRequest, options: PackOptions) {
  const { format, tenant } = request;
  const { message } = formats[format];
  const { destination, acceptedAt, maxBatchBytes, maxPayloadBytes = sqsPayloadBytes } = options;
  const rejected = { items: 0, largest: 0 };
  let root: readonly Piece[] = [];
  let leftBytes = workFactor * request.bytes.length + workBytes;

  function batchOf(part: Part, compressed: Uint8Array): Batch {
    const shrunk = compressed.length < part.bytes.length;
    const [encoding, payload] = shrunk ? (["gzip", compressed] as const) : (["identity", part.bytes] as const);
    const common = { format, destination, ...(tenant !== undefined && { tenant }) };
    return { ...common, items: part.items, bytes: part.bytes.length, encoding, payload, acceptedAt };
  }

  /** Level by level: what fits is packed before anything that does not is cut further, and may use up the work. */
  async function packAll(parts: readonly Part[]): Promise<void> {
    root = parts.map((part) => ({ ...part }));
    const pending: Piece[] = [...root];
    for (let piece = pending.shift(); piece; piece = pending.shift()) {
      if (leftBytes < piece.bytes.length) {
        reject(piece.items, piece.bytes.length);
        continue;
      }
      leftBytes -= piece.bytes.length;
      const compressed = await gzip(piece.bytes);
      const size = Math.min(compressed.length, piece.bytes.length);
      if (size <= maxPayloadBytes) piece.batch = batchOf(piece, compressed);
      else if (piece.items <= 1) reject(piece.items, piece.bytes.length);
      else {
        const estimate = piece.bytes.length * (maxPayloadBytes / size) * headroom;
        const maxBytes = Math.min(Math.floor(estimate), Math.ceil(piece.bytes.length / 2), maxBatchBytes);
        piece.parts = cut(piece, maxBytes).map((part) => ({ ...part }));
        pending.push(...piece.parts);
      }
    }
  }

  /** Ends because every round at least halves the limit or the items, down to parts of a single item. */
  function cut(part: Part, maxBytes: number): readonly Part[] {
    const maxTotalBytes = Math.max(leftBytes, part.bytes.length);
    const first = split(part.bytes, message, { maxBytes, maxTotalBytes });
    // An item larger than a batch should be may still fit compressed: its neighbours then share its larger limit.
    const larger = Math.max(0, ...first.tooLarge.map((item) => item.bytes).filter((size) => size <= maxItemBytes));
    const wider = { maxBytes: larger, maxItems: Math.ceil(part.items / 2), maxTotalBytes };
    const { parts, tooLarge } = larger > 0 ? split(part.bytes, message, wider) : first;
    for (const item of tooLarge) reject(item.items, item.bytes);
    return parts;
  }

  function reject(items: number, bytes: number): void {
    rejected.items += items;
    rejected.largest = Math.max(rejected.largest, bytes);
  }

  return {
    rejected,
    cut,
    pack: packAll,
    add(part: Part, compressed: Uint8Array) {
      root = [{ ...part, batch: batchOf(part, compressed) }];
    },
    /** In the order of the request. */
    batches: () => root.flatMap(batchesOf),
  };
}

function batchesOf({ batch, parts = [] }: Piece): readonly Batch[] {
  return batch ? [batch] : parts.flatMap(batchesOf);
}
