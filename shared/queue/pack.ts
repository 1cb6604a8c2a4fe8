import type { ReceivedRequest } from "../batch/accept.ts";
import type { Batch } from "../batch/batch.ts";
import { formats } from "../batch/formats.ts";
import { gzip, isGzipMember } from "../compression/gzip.ts";
import type { Part } from "../wire/part-writer.ts";
import { itemNoun } from "../wire/schema.ts";
import { split } from "../wire/split.ts";
import { maxPayloadBytes } from "./envelope.ts";

/** Most bytes of one item: what Grafana Cloud's traces take in a whole request (15 MiB), less room for its resource. */
const maxItemBytes = 14 * 2 ** 20;
/** Aim below the limit when cutting by an estimated ratio: parts of one request do not compress alike. */
const headroom = 0.85;

export interface PackOptions {
  readonly destination: string;
  /** Milliseconds since the Unix epoch. */
  readonly acceptedAt: number;
  /** Most bytes, uncompressed, of one batch of several items: what fits one export. */
  readonly maxBatchBytes: number;
}

export interface Packed {
  readonly batches: readonly Batch[];
  /** Items that fit no queue message, even alone and compressed. */
  readonly rejected?: { readonly items: number; readonly message: string };
}

/**
 * Turns one request into batches that each fit a queue message. What arrived compressed and fits is stored as it came,
 * everything else is compressed once; a request that is too large is cut between its items, guided by how well it
 * compresses. Takes one part at a time, so that memory stays within a few times the request.
 */
export async function pack(request: ReceivedRequest, options: PackOptions): Promise<Packed> {
  const { format, items, bytes } = request;
  const packer = createPacker(request, options);
  if (bytes.length <= options.maxBatchBytes || items <= 1) {
    if (request.gzip && isGzipMember(request.gzip, bytes.length) && request.gzip.length <= maxPayloadBytes) {
      packer.add({ bytes, items }, request.gzip);
    } else {
      await packer.compress({ bytes, items });
    }
  } else {
    await packer.cut({ bytes, items }, options.maxBatchBytes);
  }
  const { batches, rejected } = packer;
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

function createPacker(request: ReceivedRequest, options: PackOptions) {
  const { format, tenant } = request;
  const { message } = formats[format];
  const { destination, acceptedAt, maxBatchBytes } = options;
  const batches: Batch[] = [];
  const rejected = { items: 0, largest: 0 };

  function add(part: Part, compressed: Uint8Array): void {
    const shrunk = compressed.length < part.bytes.length;
    const [encoding, payload] = shrunk ? (["gzip", compressed] as const) : (["identity", part.bytes] as const);
    const common = { format, destination, ...(tenant !== undefined && { tenant }) };
    batches.push({ ...common, items: part.items, bytes: part.bytes.length, encoding, payload, acceptedAt });
  }

  async function compress(part: Part): Promise<void> {
    const compressed = await gzip(part.bytes);
    const size = Math.min(compressed.length, part.bytes.length);
    if (size <= maxPayloadBytes) return add(part, compressed);
    if (part.items <= 1) return reject(part.items, part.bytes.length);
    const estimate = part.bytes.length * (maxPayloadBytes / size) * headroom;
    await cut(part, Math.min(Math.floor(estimate), Math.ceil(part.bytes.length / 2), maxBatchBytes));
  }

  /** Ends because every round at least halves the limit or the items, down to parts of a single item. */
  async function cut(part: Part, maxBytes: number): Promise<void> {
    const first = split(part.bytes, message, { maxBytes });
    // An item larger than a batch should be may still fit compressed: its neighbours then share its larger limit.
    const larger = Math.max(0, ...first.tooLarge.map((item) => item.bytes).filter((size) => size <= maxItemBytes));
    const wider = { maxBytes: larger, maxItems: Math.ceil(part.items / 2) };
    const { parts, tooLarge } = larger > 0 ? split(part.bytes, message, wider) : first;
    for (const item of tooLarge) reject(item.items, item.bytes);
    for (const piece of parts) await compress(piece);
  }

  function reject(items: number, bytes: number): void {
    rejected.items += items;
    rejected.largest = Math.max(rejected.largest, bytes);
  }

  return { batches, rejected, add, compress, cut };
}
