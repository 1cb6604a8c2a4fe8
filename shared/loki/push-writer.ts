import { writeLength } from "../wire/varint.ts";
import type { Entry, Label, LabelSet } from "./entry.ts";
import { formatLabels } from "./labels.ts";
import { splitTime } from "./split-time.ts";
import { fieldSize, writeText } from "./text-field.ts";

// Tags of logproto: PushRequest.streams, Stream.labels and .entries, Entry.timestamp, .line and .structuredMetadata.
const streamTag = 0x0a;
const labelsTag = 0x0a;
const entryTag = 0x12;
const timeTag = 0x0a;
const lineTag = 0x12;
const metadataTag = 0x1a;
const nameTag = 0x0a;
const valueTag = 0x12;
const secondsTag = 0x08;
const nanosTag = 0x10;

const firstBytes = 512;
const maxVarint = 10;

/** A `logproto.PushRequest` that grows, entry by entry; entries with equal labels become one stream, in their order. */
export interface PushWriter {
  add(entry: Entry): void;
  readonly entries: number;
  readonly streams: number;
  hasStream(labels: LabelSet): boolean;
  /** Of the lines and their structured metadata, as Loki counts. */
  readonly contentBytes: number;
  /** The message; the writer is empty again. */
  finish(): Uint8Array;
}

/** The encoded entries of one stream. */
interface Stream {
  bytes: Buffer;
  at: number;
}

/** A writer without any entries. */
export function createPushWriter(): PushWriter {
  return new GrowingPushWriter();
}

class GrowingPushWriter implements PushWriter {
  private byLabels = new Map<string, Stream>();
  entries = 0;
  contentBytes = 0;
  // Lines that were read together have one time.
  private lastTime = 0n;
  private readonly time = { bytes: new Uint8Array(2 * (1 + maxVarint)), length: 0 };

  add(entry: Entry): void {
    if (entry.timeUnixNano !== this.lastTime) {
      this.lastTime = entry.timeUnixNano;
      this.time.length = writeTime(this.time.bytes, this.lastTime);
    }
    this.contentBytes += writeEntry(this.streamOf(formatLabels(entry.labels)), this.time, entry);
    this.entries += 1;
  }

  get streams(): number {
    return this.byLabels.size;
  }

  hasStream(labels: LabelSet): boolean {
    return this.byLabels.has(formatLabels(labels));
  }

  finish(): Uint8Array {
    const message = assemble(this.byLabels);
    this.byLabels = new Map();
    this.entries = 0;
    this.contentBytes = 0;
    return message;
  }

  private streamOf(labels: string): Stream {
    let stream = this.byLabels.get(labels);
    if (stream === undefined) {
      stream = { bytes: Buffer.allocUnsafe(firstBytes), at: 0 };
      this.byLabels.set(labels, stream);
    }
    return stream;
  }
}

/** A `google.protobuf.Timestamp` at the beginning of `bytes`, kept from entry to entry. */
interface EncodedTime {
  readonly bytes: Uint8Array;
  length: number;
}

/** Returns the bytes of content. */
function writeEntry(stream: Stream, time: EncodedTime, { line, metadata }: Entry): number {
  const lineBytes = Buffer.byteLength(line);
  const pairs = metadata.length === 0 ? noPairs : metadata.map(pairSize);
  let size = 1 + 1 + time.length + fieldSize(lineBytes);
  let contentBytes = lineBytes;
  for (const pair of pairs) {
    size += fieldSize(pair.size);
    contentBytes += pair.nameBytes + pair.valueBytes;
  }
  const bytes = makeRoom(stream, size + 1 + maxVarint);
  let at = stream.at;
  bytes[at++] = entryTag;
  at = writeLength(bytes, at, size);
  bytes[at++] = timeTag;
  bytes[at++] = time.length;
  for (let index = 0; index < time.length; index += 1) bytes[at++] = time.bytes[index] ?? 0;
  at = writeText(bytes, at, { tag: lineTag, text: line, length: lineBytes });
  for (const pair of pairs) {
    bytes[at++] = metadataTag;
    at = writeLength(bytes, at, pair.size);
    at = writeText(bytes, at, { tag: nameTag, text: pair.label.name, length: pair.nameBytes });
    at = writeText(bytes, at, { tag: valueTag, text: pair.label.value, length: pair.valueBytes });
  }
  stream.at = at;
  return contentBytes;
}

interface Pair {
  readonly label: Label;
  readonly nameBytes: number;
  readonly valueBytes: number;
  readonly size: number;
}

const noPairs: readonly Pair[] = [];

function pairSize(label: Label): Pair {
  const nameBytes = Buffer.byteLength(label.name);
  const valueBytes = Buffer.byteLength(label.value);
  return { label, nameBytes, valueBytes, size: fieldSize(nameBytes) + fieldSize(valueBytes) };
}

function makeRoom(stream: Stream, size: number): Buffer {
  if (stream.at + size > stream.bytes.length) {
    const grown = Buffer.allocUnsafe(Math.max(stream.bytes.length * 2, stream.at + size));
    stream.bytes.copy(grown, 0, 0, stream.at);
    stream.bytes = grown;
  }
  return stream.bytes;
}

/** Returns the length. */
function writeTime(bytes: Uint8Array, unixNano: bigint): number {
  const { seconds, nanos } = splitTime(unixNano);
  let at = 0;
  if (seconds !== 0) {
    bytes[at++] = secondsTag;
    at = seconds > 0 ? writeLength(bytes, at, seconds) : writeNegative(bytes, at, BigInt(seconds));
  }
  if (nanos !== 0) {
    bytes[at++] = nanosTag;
    at = writeLength(bytes, at, nanos);
  }
  return at;
}

/** A negative number takes ten bytes, as its 64 bits. */
function writeNegative(bytes: Uint8Array, from: number, value: bigint): number {
  let at = from;
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes[at++] = Number(rest & 127n) | 128;
  bytes[at++] = Number(rest);
  return at;
}

function assemble(streams: ReadonlyMap<string, Stream>): Uint8Array {
  const sized = [...streams].map(([labels, { bytes, at }]) => {
    const labelBytes = Buffer.byteLength(labels);
    return { labels, labelBytes, body: bytes.subarray(0, at), size: fieldSize(labelBytes) + at };
  });
  const message = Buffer.allocUnsafeSlow(sized.reduce((sum, { size }) => sum + fieldSize(size), 0));
  let at = 0;
  for (const { labels, labelBytes, body, size } of sized) {
    message[at++] = streamTag;
    at = writeLength(message, at, size);
    at = writeText(message, at, { tag: labelsTag, text: labels, length: labelBytes });
    message.set(body, at);
    at += body.length;
  }
  return message;
}
