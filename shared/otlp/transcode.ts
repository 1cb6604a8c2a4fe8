import { type FieldPlan, type MessagePlan, planOf } from "./json-plan.ts";
import { JsonReader, JsonRefusal } from "./json-reader.ts";
import { createScalarReader, type ReadScalar } from "./json-scalar.ts";
import type { Rejection } from "./rejection.ts";
import { defaultScanLimits, type ScanLimits } from "./scan.ts";
import type { Signal } from "./signals.ts";
import { WireWriter } from "./wire-writer.ts";

/** A request that was JSON, as protobuf that passes `scan`; `items` is what `scan` counts in it. */
export interface Transcoded {
  readonly kind: "transcoded";
  readonly bytes: Uint8Array;
  readonly items: number;
}

const quote = 0x22;
const comma = 0x2c;
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
  /** The path to where the reader is: `depth` fields, each with its index where it is an element, else -1. */
  readonly fields: FieldPlan[];
  readonly indexes: number[];
  depth: number;
  items: number;
  /** In a metric only the last member of the oneof counts: the count before it, and the member seen last. */
  itemsBefore: number;
  member: FieldPlan | undefined;
}

/**
 * Turns an OTLP/JSON export request into protobuf, in one pass from bytes to bytes: exact for 64-bit integers and for
 * explicit zeros, strict about JSON. docs/decisions/0020-json-from-bytes-to-bytes.md lists what is taken and what is
 * refused. Never throws; the result is at most five times as long as the input.
 */
export function transcode(
  json: Uint8Array,
  signal: Signal,
  limits: ScanLimits = defaultScanLimits,
): Transcoded | Rejection {
  const job = startJob(json, limits);
  const { reader, writer } = job;
  try {
    if (reader.peek() !== openBrace) reader.fail("Expected a JSON object.");
    readMessage(job, planOf(signal.request), 0);
    if (reader.peek() !== -1) reader.fail("Expected nothing after the JSON object.");
  } catch (error) {
    if (!(error instanceof JsonRefusal)) throw error;
    return { kind: "rejected", message: error.message, path: pathOf(job), offset: error.offset };
  }
  return { kind: "transcoded", bytes: writer.finish(), items: job.items };
}

function startJob(json: Uint8Array, { maxDepth }: ScanLimits): Job {
  const reader = new JsonReader(json);
  // Protobuf takes a third to a half of the bytes of JSON.
  const writer = new WireWriter(64 + (json.length >> 1));
  return {
    reader,
    writer,
    readScalar: createScalarReader(reader, writer),
    maxDepth,
    fields: [],
    indexes: [],
    depth: 0,
    items: 0,
    itemsBefore: 0,
    member: undefined,
  };
}

function readMessage(job: Job, plan: MessagePlan, depth: number): void {
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
    reader.expect(0x3a, '":" after a key');
    if (field === undefined) reader.skipValue();
    else {
      if (readField(job, field, { depth, seen })) seen |= field.bit;
      job.depth = depth;
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
  if (guess !== undefined && takeName(reader, guess.nameBytes)) return guess;
  reader.readPlainString();
  const field = plan.names.find((name) => isText(reader, name.bytes))?.field;
  if (field !== undefined) {
    if (previous === undefined) plan.first = field;
    else previous.next = field;
  }
  return field;
}

function takeName(reader: JsonReader, name: Uint8Array): boolean {
  const bytes = reader.bytes;
  const start = reader.at + 1;
  const stop = start + name.length;
  if (stop >= bytes.length || bytes[stop] !== quote) return false;
  for (let index = 0; index < name.length; index++) {
    if (bytes[start + index] !== name[index]) return false;
  }
  reader.at = stop + 1;
  return true;
}

function isText(reader: JsonReader, name: Uint8Array): boolean {
  if (reader.stop - reader.start !== name.length) return false;
  for (let index = 0; index < name.length; index++) {
    if (reader.text[reader.start + index] !== name[index]) return false;
  }
  return true;
}

/** Reads the value of a field and writes it; false where it is null, which leaves a field as it is. */
function readField(job: Job, field: FieldPlan, { depth, seen }: { depth: number; seen: number }): boolean {
  const { reader } = job;
  job.fields[depth] = field;
  job.indexes[depth] = -1;
  job.depth = depth + 1;
  const byte = reader.peek();
  if (byte === letterN && field.isNullable) {
    reader.expectWord("null");
    return false;
  }
  const again = (seen & field.bit) !== 0;
  if (field.field.repeated) readArray(job, field, depth);
  else if (field.message !== undefined) {
    // Decoders disagree on two messages in one oneof member: some merge them, some drop the first.
    if (again && field.field.oneof) reader.fail("The key stands here for the second time.");
    readNested(job, field, depth);
  } else job.readScalar(field, again || field.field.explicit === true);
  return true;
}

function readArray(job: Job, field: FieldPlan, depth: number): void {
  const { reader, writer } = job;
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
    job.indexes[depth] = index;
    job.depth = depth + 1;
    if (field.message !== undefined) readNested(job, field, depth);
    else {
      if (reader.peek() === letterN) reader.fail("An element of an array cannot be null.");
      job.readScalar(field, true);
    }
    const byte = reader.peek();
    reader.at++;
    if (byte === closeBracket) break;
    if (byte !== comma) reader.fail('Expected "," or "]".', reader.at - 1);
  }
  if (field.isPacked) writer.close(start, 1);
}

function readNested(job: Job, field: FieldPlan, depth: number): void {
  const { reader, writer } = job;
  const plan = field.message as MessagePlan;
  if (reader.peek() !== openBrace) {
    reader.fail(reader.peek() === letterN ? "An element of an array cannot be null." : "Expected an object.");
  }
  if (depth === job.maxDepth) reader.fail(`Messages are nested more than ${job.maxDepth} deep.`);
  if (field.isItem) job.items++;
  else if (plan.isChoice) {
    job.itemsBefore = job.items;
    job.member = undefined;
  } else if (field.isMember) {
    if (job.member !== field) job.items = job.itemsBefore;
    job.member = field;
  }
  writer.ensure(2);
  writer.tag(field.tag);
  const start = writer.open(field.room);
  readMessage(job, plan, depth + 1);
  writer.close(start, field.room);
}

function pathOf({ fields, indexes, depth }: Job): string {
  return Array.from({ length: depth }, (_, level) => {
    const index = indexes[level] as number;
    return `${fields[level]?.name}${index < 0 ? "" : `[${index}]`}`;
  }).join(".");
}
