import { wireTypeOf } from "../wire/scan-table.ts";
import type { Field, Message } from "../wire/schema.ts";

/** How a message is read from JSON: its schema, compiled. */
export interface MessagePlan {
  readonly name: string;
  /** Every key that names a field: lowerCamelCase, and the snake_case that some senders write. */
  readonly keys: Key[];
  /** Whether a oneof of it holds items: a metric. */
  readonly isChoice: boolean;
  /** The key that the message started with last time. */
  first: Key | undefined;
}

export interface FieldPlan {
  readonly field: Field;
  readonly kind: number;
  /** The range of an integer. */
  readonly integer: IntegerRange;
  readonly name: string;
  readonly tag: number;
  /** One bit per field of its message. */
  readonly bit: number;
  readonly message: MessagePlan | undefined;
  readonly isRepeated: boolean;
  /** Whether a zero is a value: oneof members and optional fields. */
  readonly isExplicit: boolean;
  readonly isItem: boolean;
  /** Whether it is repeated and its elements stand in one length, without tags. */
  readonly isPacked: boolean;
  /** Whether it is a oneof member that holds items: it discards those of another member before it. */
  readonly isMember: boolean;
  /** How many bytes the length of its content usually takes. */
  readonly room: number;
  readonly idSize: number;
  /** The names of an enum's values. */
  readonly values: ReadonlyMap<string, number>;
  /**
   * Whether null stands for unset. Not where presence itself is data, the sum, min and max of a histogram: there it is
   * what a JavaScript sender makes of NaN, and the Collector refuses it too.
   */
  readonly isNullable: boolean;
  /** The tag to write a NaN with where null stands for one; 0 where it does not. */
  readonly nanTag: number;
  /** The bits of its oneof, or its own: null undoes nothing that stands there. */
  readonly rivals: number;
  /** The key that came after it last time. */
  next: Key | undefined;
}

/** A key with its quotes, as 32-bit words: compared four bytes at a time. The last word overlaps the one before it. */
export interface Key {
  readonly field: FieldPlan;
  readonly name: string;
  readonly size: number;
  readonly words: Int32Array;
}

/** How a scalar is read: a number each, because a switch over numbers is a jump (bench/transcode.ts). */
export const kind = {
  string: 0,
  id: 1,
  bytes: 2,
  bool: 3,
  double: 4,
  enum: 5,
  varint: 6,
  zigzag: 7,
  fixed32: 8,
  fixed64: 9,
  message: 10,
} as const;

export interface IntegerRange {
  readonly isSigned: boolean;
  readonly is32: boolean;
  readonly text: string;
}

const int32 = { isSigned: true, is32: true, text: "-2147483648 to 2147483647" };
const uint32 = { isSigned: false, is32: true, text: "0 to 4294967295" };
const int64 = { isSigned: true, is32: false, text: "-9223372036854775808 to 9223372036854775807" };
const uint64 = { isSigned: false, is32: false, text: "0 to 18446744073709551615" };

const readings: Readonly<Record<Field["type"], readonly [number, IntegerRange]>> = {
  string: [kind.string, int32],
  bytes: [kind.bytes, int32],
  bool: [kind.bool, int32],
  double: [kind.double, int32],
  enum: [kind.enum, int32],
  int32: [kind.varint, int32],
  uint32: [kind.varint, uint32],
  int64: [kind.varint, int64],
  uint64: [kind.varint, uint64],
  sint32: [kind.zigzag, int32],
  sint64: [kind.zigzag, int64],
  fixed32: [kind.fixed32, uint32],
  fixed64: [kind.fixed64, uint64],
  sfixed64: [kind.fixed64, int64],
  message: [kind.message, int32],
};

const plans = new Map<Message, MessagePlan>();

/** The plan of a message and, inside it, of those that it holds; made once. */
export function planOf(message: Message): MessagePlan {
  const known = plans.get(message);
  if (known) return known;
  const isChoice = message.fields.some(isMember);
  const plan: MessagePlan = { name: message.name, keys: [], isChoice, first: undefined };
  plans.set(message, plan);
  for (const [index, field] of message.fields.entries()) {
    if (field.jsonName === undefined) continue;
    const row = { ...planField(field, field.jsonName, index), rivals: rivalsOf(message, field) };
    for (const name of new Set([field.jsonName, field.name])) plan.keys.push(keyOf(row, name));
  }
  return plan;
}

function rivalsOf({ fields }: Message, field: Field): number {
  const isRival = (other: Field) => other === field || (field.oneof !== undefined && other.oneof === field.oneof);
  return fields.reduce((bits, other, index) => (isRival(other) ? bits | (1 << index) : bits), 0);
}

function planField(field: Field, name: string, index: number): Omit<FieldPlan, "rivals"> {
  const isPacked = field.repeated === true && field.message === undefined && field.type !== "string";
  const [reading, integer] = readings[field.type];
  return {
    field,
    kind: field.idLengths ? kind.id : reading,
    integer,
    name,
    tag: field.number * 8 + (isPacked ? 2 : wireTypeOf(field.type)),
    bit: 1 << index,
    message: field.message && planOf(field.message),
    isRepeated: field.repeated === true,
    isExplicit: field.explicit === true,
    isItem: field.cut === "item",
    isPacked,
    isMember: isMember(field),
    room: field.cut === "group" ? 3 : field.cut === "item" ? 2 : 1,
    idSize: Math.max(0, ...(field.idLengths ?? [])),
    values: new Map(Object.entries(field.values ?? {})),
    nanTag: field.nanField === undefined ? 0 : field.nanField * 8 + wireTypeOf("double"),
    isNullable: field.explicit === undefined || field.oneof !== undefined,
    next: undefined,
  };
}

function keyOf(field: FieldPlan, name: string): Key {
  const text = new TextEncoder().encode(`"${name}"`);
  const view = new DataView(text.buffer);
  const words = new Int32Array(Math.ceil(text.length / 4));
  for (let index = 0; index < words.length; index++) {
    words[index] = view.getInt32(Math.min(index * 4, text.length - 4), true);
  }
  return { field, name, size: text.length, words };
}

function isMember(field: Field): boolean {
  return field.cut === "group" && field.oneof !== undefined;
}
