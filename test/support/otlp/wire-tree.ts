import protobuf from "protobufjs/minimal.js";
import type { Signal } from "../../../shared/otlp/signals.ts";
import type { Field, Message } from "../../../shared/wire/schema.ts";

/** A field as it stands on the wire: `raw` is all of it, `value` what a length-delimited one holds. */
export interface WireField {
  readonly number: number;
  readonly wireType: number;
  readonly raw: Uint8Array;
  readonly value?: Uint8Array;
}

/** Reads one message with protobufjs' reader, so that nothing here leans on the code under test. Throws on bad bytes. */
export function readFields(bytes: Uint8Array): WireField[] {
  const reader = protobuf.Reader.create(bytes);
  const fields: WireField[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const [number, wireType] = [tag >>> 3, tag & 7];
    const value = wireType === 2 ? reader.bytes() : undefined;
    if (wireType !== 2) reader.skipType(wireType);
    fields.push({ number, wireType, raw: bytes.subarray(start, reader.pos), ...(value && { value }) });
  }
  return fields;
}

/** Writes a length-delimited field. */
export function lengthDelimited(number: number, value: Uint8Array): Uint8Array {
  return protobuf.Writer.create()
    .uint32(number * 8 + 2)
    .bytes(value)
    .finish();
}

/** Writes a message again, at every depth, with its fields as `arrange` leaves them. */
export function rearrange(
  bytes: Uint8Array,
  message: Message,
  arrange: (fields: WireField[]) => WireField[],
): Uint8Array {
  const fields = readFields(bytes).map((wire) => {
    const inner = fieldOf(message, wire.number)?.message;
    if (!inner || !wire.value) return wire;
    return { ...wire, raw: lengthDelimited(wire.number, rearrange(wire.value, inner, arrange)) };
  });
  return Buffer.concat(arrange(fields).map((field) => field.raw));
}

/** The order in which the current Collector writes: from the highest field number down, repeated fields in order. */
export function asCollectorWrites(fields: WireField[]): WireField[] {
  return fields.toSorted((left, right) => right.number - left.number);
}

/**
 * What a split must keep, in order: every item, and every container without children, each with the headers of all the
 * groups around it. A metric with several members of its oneof counts as one leaf.
 */
export function leavesOf(bytes: Uint8Array, signal: Signal): string[] {
  return leaves(bytes, signal.request, "");
}

function leaves(bytes: Uint8Array, message: Message, around: string): string[] {
  const fields = readFields(bytes);
  const children = fields.filter((wire) => fieldOf(message, wire.number)?.cut);
  const header = hex(fields.filter((wire) => !children.includes(wire)).map((wire) => wire.raw));
  const inside = `${around}/${header}`;
  const members = children.filter((wire) => fieldOf(message, wire.number)?.oneof).length;
  if (children.length === 0 || members > 1) return [`${around}/${hex(fields.map((wire) => wire.raw))}`];
  return children.flatMap((wire) => {
    const field = fieldOf(message, wire.number);
    const value = wire.value ?? new Uint8Array(0);
    if (field?.cut === "item" || !field?.message) return [`${inside}/${wire.number}:${hex([value])}`];
    return leaves(value, field.message, `${inside}/${wire.number}`);
  });
}

/** Counts items by the rules of protobuf: of a oneof the last member counts, with all its occurrences. */
export function countOf(bytes: Uint8Array, message: Message): number {
  let items = 0;
  let member = 0;
  for (const wire of readFields(bytes)) {
    const field = fieldOf(message, wire.number);
    if (!field?.cut || !field.message || !wire.value) continue;
    if (field.oneof && member !== wire.number) items = 0;
    member = wire.number;
    items += field.cut === "item" ? 1 : countOf(wire.value, field.message);
  }
  return items;
}

function fieldOf(message: Message, number: number): Field | undefined {
  return message.fields.find((field) => field.number === number);
}

function hex(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString("hex");
}
