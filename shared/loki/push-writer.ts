import { lengthSize, writeLength } from "../wire/varint.ts";
import type { Entry, Label, LabelSet } from "./entry.ts";
import { formatLabels } from "./labels.ts";
import { LineEntry } from "./line-entry.ts";
import type { SplitTime } from "./split-time.ts";
import { fieldSize, writeOpening, writeText } from "./text-field.ts";

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
const empty = Buffer.alloc(0);
/** Kept from message to message. */
const maxSpareBytes = 4 * 2 ** 20;
const maxSpares = 64;
/** Arrays of labels that are known by themselves. */
const maxKnown = 256;

/** A `logproto.PushRequest` that grows, entry by entry; entries with equal labels become one stream, in their order. */
export interface PushWriter {
  add(entry: Entry): void;
  readonly entries: number;
  readonly streams: number;
  hasStream(labels: LabelSet): boolean;
  /** Of the lines and their structured metadata, as Loki counts. */
  readonly contentBytes: number;
  /** The message, to be read before anything else is added; the writer is empty again. */
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
  private byText = new Map<string, Stream>();
  /** The same by the arrays that came, which are mostly the same ones. */
  private byLabels = new Map<LabelSet, Stream>();
  entries = 0;
  contentBytes = 0;
  /** Buffers that have grown are written into again: new ones are garbage outside the heap, which costs most to collect. */
  private spare: Buffer[] = [];
  private message = empty;
  private readonly reused = new LineEntry();

  add(entry: Entry): void {
    let line = this.reused;
    if (entry instanceof LineEntry) line = entry;
    else line.copy(entry);
    this.contentBytes += writeEntry(this.streamOf(entry.labels), line);
    this.entries += 1;
  }

  get streams(): number {
    return this.byText.size;
  }

  hasStream(labels: LabelSet): boolean {
    return this.byText.has(formatLabels(labels));
  }

  finish(): Uint8Array {
    const sized = [...this.byText].map(([labels, { bytes, at }]) => {
      const labelBytes = Buffer.byteLength(labels);
      return { labels, labelBytes, body: bytes.subarray(0, at), size: fieldSize(labelBytes) + at };
    });
    const length = sized.reduce((sum, { size }) => sum + fieldSize(size), 0);
    if (this.message.length < length) this.message = Buffer.allocUnsafeSlow(length);
    const message = this.message.subarray(0, length);
    if (this.message.length > maxSpareBytes) this.message = empty;
    assemble(message, sized);
    this.keepBuffers();
    this.byText = new Map();
    this.byLabels = new Map();
    this.entries = 0;
    this.contentBytes = 0;
    this.reused.line = "";
    return message;
  }

  private keepBuffers(): void {
    const buffers = [...this.byText.values()].map(({ bytes }) => bytes).concat(this.spare);
    this.spare = [];
    let room = maxSpareBytes;
    for (const bytes of buffers.sort((one, other) => one.length - other.length)) {
      room -= bytes.length;
      if (room < 0 || this.spare.length >= maxSpares) break;
      this.spare.push(bytes);
    }
  }

  private streamOf(labels: LabelSet): Stream {
    const known = this.byLabels.get(labels);
    if (known !== undefined) return known;
    const text = formatLabels(labels);
    let stream = this.byText.get(text);
    if (stream === undefined) {
      stream = { bytes: this.spare.pop() ?? Buffer.allocUnsafeSlow(firstBytes), at: 0 };
      this.byText.set(text, stream);
    }
    if (this.byLabels.size < maxKnown) this.byLabels.set(labels, stream);
    return stream;
  }
}

/** Returns the bytes of content. */
function writeEntry(stream: Stream, entry: LineEntry): number {
  const { block, metadata, seconds, nanos } = entry;
  const text = block === undefined ? entry.line : "";
  const lineBytes = block === undefined ? Buffer.byteLength(text) : entry.to - entry.from;
  const pairs = metadata.length === 0 ? noPairs : metadata.map(pairSize);
  const timeBytes = secondsSize(seconds) + (nanos === 0 ? 0 : 1 + lengthSize(nanos));
  let size = fieldSize(timeBytes) + fieldSize(lineBytes);
  let contentBytes = lineBytes;
  for (const pair of pairs) {
    size += fieldSize(pair.size);
    contentBytes += pair.nameBytes + pair.valueBytes;
  }
  const bytes = makeRoom(stream, fieldSize(size));
  let at = writeOpening(bytes, stream.at, { tag: entryTag, length: size });
  at = writeOpening(bytes, at, { tag: timeTag, length: timeBytes });
  at = writeTime(bytes, at, entry);
  if (block === undefined) at = writeText(bytes, at, { tag: lineTag, text, length: lineBytes });
  else {
    at = writeOpening(bytes, at, { tag: lineTag, length: lineBytes });
    block.copy(bytes, at, entry.from, entry.to);
    at += lineBytes;
  }
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
    const grown = Buffer.allocUnsafeSlow(Math.max(stream.bytes.length * 2, stream.at + size));
    stream.bytes.copy(grown, 0, 0, stream.at);
    stream.bytes = grown;
  }
  return stream.bytes;
}

function secondsSize(seconds: number): number {
  if (seconds === 0) return 0;
  return 1 + (seconds > 0 ? lengthSize(seconds) : maxVarint);
}

/** The content of a `google.protobuf.Timestamp`; returns the offset behind it. */
function writeTime(bytes: Buffer, from: number, { seconds, nanos }: SplitTime): number {
  let at = from;
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

interface SizedStream {
  readonly labels: string;
  readonly labelBytes: number;
  readonly body: Buffer;
  readonly size: number;
}

function assemble(message: Buffer, streams: readonly SizedStream[]): void {
  let at = 0;
  for (const { labels, labelBytes, body, size } of streams) {
    at = writeOpening(message, at, { tag: streamTag, length: size });
    at = writeText(message, at, { tag: labelsTag, text: labels, length: labelBytes });
    message.set(body, at);
    at += body.length;
  }
}
