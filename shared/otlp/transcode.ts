import type { Rejection } from "../wire/rejection.ts";
import { defaultScanLimits, type ScanLimits, tooManyItems } from "../wire/scan.ts";
import { WireWriter, WriterFull } from "../wire/wire-writer.ts";
import { type FieldPlan, type Key, type MessagePlan, planOf } from "./json-plan.ts";
import { JsonReader, JsonRefusal } from "./json-reader.ts";
import { createScalarReader, type ReadScalar } from "./json-scalar.ts";
import type { Signal } from "./signals.ts";

/** A request that was JSON, as protobuf that passes `scan`; `items` is what `scan` counts in it. */
export interface Transcoded {
  readonly kind: "transcoded";
  readonly bytes: Uint8Array;
  readonly items: number;
}

export interface TranscodeLimits extends ScanLimits {
  /** Of the protobuf; what is no longer than the JSON is always taken. Default: none but five times the JSON. */
  readonly maxBytes?: number;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const letterN = 0x6e;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** One request on its way: the cursors, the field path, and the count. */
interface Job {
  readonly reader: JsonReader;
  readonly writer: WireWriter;
  readonly readScalar: ReadScalar;
  readonly maxDepth: number;
  readonly maxItems: number;
  readonly signal: Signal;
  /** The path to where the reader is: `depth` fields, each with its index where it is an element, else -1. */
  readonly fields: FieldPlan[];
  readonly indexes: number[];
  depth: number;
  items: number;
  itemsAndGroups: number;
  /** In a metric only the last member of the oneof counts: the count before it. */
  itemsBefore: number;
}

/**
 * Turns an OTLP/JSON export request into protobuf, in one pass from bytes to bytes: exact for 64-bit integers and for
 * explicit zeros, strict about JSON. docs/decisions/0020-json-from-bytes-to-bytes.md lists what is taken and what is
 * refused. Never throws; packed numbers can make the result five times as long as the input.
 */
export function transcode(
  json: Uint8Array,
  signal: Signal,
  limits: TranscodeLimits = defaultScanLimits,
): Transcoded | Rejection {
  const job = startJob(json, signal, limits);
  const { reader, writer } = job;
  try {
    if (reader.peek() !== openBrace) reader.fail("Expected a JSON object.");
    readMessage(job, planOf(signal.request));
    if (reader.peek() !== -1) reader.fail("Expected nothing after the JSON object.");
  } catch (error) {
    const rejected = { kind: "rejected", path: pathOf(job) } as const;
    if (error instanceof JsonRefusal) {
      const { message, offset } = error;
      return { ...rejected, message, offset, ...(job.itemsAndGroups > job.maxItems && { isTooLarge: true }) };
    }
    if (!(error instanceof WriterFull)) throw error;
    const message = `As protobuf the request has more than ${limits.maxBytes} bytes.`;
    return { ...rejected, message, offset: reader.at, isTooLarge: true };
  }
  return { kind: "transcoded", bytes: writer.finish(), items: job.items };
}

function startJob(json: Uint8Array, signal: Signal, limits: TranscodeLimits): Job {
  const { maxDepth, maxItems, maxBytes = Number.POSITIVE_INFINITY } = limits;
  const reader = new JsonReader(json);
  // Protobuf takes about half the bytes of JSON, so this seldom grows; memory that is never touched costs nothing.
  const writer = new WireWriter(64 + json.length, maxBytes);
  return {
    reader,
    writer,
    readScalar: createScalarReader(reader, writer),
    maxDepth,
    maxItems,
    signal,
    fields: [],
    indexes: [],
    depth: 0,
    items: 0,
    itemsAndGroups: 0,
    itemsBefore: 0,
  };
}

function readMessage(job: Job, plan: MessagePlan): void {
  const { reader } = job;
  reader.at++;
  if (reader.peek() === closeBrace) {
    reader.at++;
    return;
  }
  let seen = 0;
  let previous: FieldPlan | undefined;
  for (;;) {
    const field = readKey(reader, plan, previous);
    if (reader.bytes[reader.at] === colon) reader.at++;
    else reader.expect(colon, '":" after a key');
    if (field === undefined) reader.skipValue();
    else {
      seen = readField(job, field, seen);
      previous = field;
    }
    const byte = reader.peek();
    if (byte === comma) reader.at++;
    else if (byte === closeBrace) {
      reader.at++;
      return;
    } else reader.fail('Expected "," or "}".');
  }
}

/** The field that the next key names, undefined where the message has none of that name. */
function readKey(reader: JsonReader, plan: MessagePlan, previous: FieldPlan | undefined): FieldPlan | undefined {
  if (reader.peek() !== quote) reader.fail("Expected a key in double quotes.");
  // Senders write the keys of a message in the same order every time: most keys are found by comparing with the one
  // that came next last time (bench/transcode.ts).
  const guess = previous === undefined ? plan.first : previous.next;
  if (guess !== undefined && reader.takeKey(guess.size, guess.words)) return guess.field;
  const key = findKey(reader, plan);
  if (previous === undefined) plan.first = key;
  else previous.next = key;
  return key?.field;
}

function findKey(reader: JsonReader, plan: MessagePlan): Key | undefined {
  // With its escapes resolved: a key that has some may be another spelling of a name.
  reader.readPlainString();
  for (const key of plan.keys) {
    if (isText(reader, key.name)) return key;
  }
  return undefined;
}

function isText({ text, start, stop }: JsonReader, name: string): boolean {
  if (stop - start !== name.length) return false;
  for (let index = 0; index < name.length; index++) {
    if (text[start + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}

/** Reads the value of a field and writes it, unless null leaves it unset; returns `seen` with the field's bit. */
function readField(job: Job, field: FieldPlan, seen: number): number {
  const { reader, depth } = job;
  job.fields[depth] = field;
  job.indexes[depth] = -1;
  job.depth = depth + 1;
  const byte = reader.peek();
  const again = (seen & field.bit) !== 0;
  if (byte === letterN && field.isNullable) {
    reader.expectWord("null");
    job.depth = depth;
    if (field.nanTag === 0 || (seen & field.rivals) !== 0) return seen;
    job.writer.ensure(9);
    job.writer.tag(field.nanTag);
    job.writer.double(Number.NaN);
    return seen | field.bit;
  }
  if (field.isRepeated) readArray(job, field);
  else if (field.message === undefined) job.readScalar(field, again || field.isExplicit);
  else {
    // Decoders disagree on two messages in one oneof member: some merge them, some drop the first.
    if (again && field.field.oneof) reader.fail("The key stands here for the second time.");
    readNested(job, field, field.message);
  }
  job.depth = depth;
  return seen | field.bit;
}

function readArray(job: Job, field: FieldPlan): void {
  const { reader, writer } = job;
  const level = job.depth - 1;
  if (reader.peek() !== openBracket) reader.fail("Expected an array.");
  reader.at++;
  if (reader.peek() === closeBracket) {
    reader.at++;
    return;
  }
  let start = 0;
  if (field.isPacked) {
    writer.ensure(2);
    writer.tag(field.tag);
    start = writer.open(1);
  }
  for (let index = 0; ; index++) {
    job.indexes[level] = index;
    if (reader.peek() === letterN) reader.fail("An element of an array cannot be null.");
    if (field.message === undefined) job.readScalar(field, true);
    else readNested(job, field, field.message);
    const byte = reader.peek();
    reader.at++;
    if (byte === closeBracket) break;
    if (byte !== comma) reader.fail('Expected "," or "]".', reader.at - 1);
  }
  if (field.isPacked) writer.close(start, 1);
}

function readNested(job: Job, field: FieldPlan, plan: MessagePlan): void {
  const { reader, writer } = job;
  if (reader.peek() !== openBrace) reader.fail("Expected an object.");
  if (job.depth > job.maxDepth) reader.fail(`Messages are nested more than ${job.maxDepth} deep.`);
  if (field.field.cut && ++job.itemsAndGroups > job.maxItems)
    reader.fail(tooManyItems(job.signal.request, job.maxItems));
  if (field.isItem) job.items++;
  else if (plan.isChoice) job.itemsBefore = job.items;
  else if (field.isMember) job.items = job.itemsBefore;
  writer.ensure(2);
  writer.tag(field.tag);
  const start = writer.open(field.room);
  readMessage(job, plan);
  writer.close(start, field.room);
}

function pathOf({ fields, indexes, depth }: Job): string {
  return Array.from({ length: depth }, (_, level) => {
    const index = indexes[level] as number;
    return `${fields[level]?.name}${index < 0 ? "" : `[${index}]`}`;
  }).join(".");
}
