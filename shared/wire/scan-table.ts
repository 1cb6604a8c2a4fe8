import type { Field, Message } from "./schema.ts";

/**
 * What the scanner does with a field. Operations from `skipLength` on are length-delimited. In an entry of the table the
 * operation is in the low four bits; above them stands the id of the message to enter, or the length of an id.
 */
export const operation = {
  refuse: 0,
  skipVarint: 1,
  skip64: 2,
  skip32: 3,
  skipLength: 4,
  id: 5,
  packed64: 6,
  packedVarint: 7,
  enter: 8,
  /** An attribute: a message with a shape so usual that the scanner knows it (see `scan.ts`). */
  enterKeyValue: 9,
  /** An item: counted. */
  enterItem: 10,
  /** A message whose last oneof member alone holds items: a metric. */
  enterChoice: 11,
  /** A oneof member that holds items: it discards those of another member before it. */
  enterMember: 12,
  /** Another message that a split may cut open. All from `enterItem` on are limited in number. */
  enterGroup: 13,
} as const;

/** Tags below this are looked up directly: field numbers up to 31. */
export const directTags = 256;

export interface ScanTable {
  /** Entry of tag `t` in message `m` at `m * directTags + t`. */
  readonly entries: Uint16Array;
  /** Entries of known fields with larger tags: field 1000. Keys are `tag * 65536 + m * directTags`. */
  readonly wide: ReadonlyMap<number, number>;
}

const tables = new Map<Message, ScanTable>();

/** A message and all that it holds, compiled once into one dense array that fits the first-level cache; the root comes first. */
export function scanTableOf(root: Message): ScanTable {
  const known = tables.get(root);
  if (known) return known;
  const table = compile(root);
  tables.set(root, table);
  return table;
}

function compile(root: Message): ScanTable {
  const messages = reachable(root);
  const entries = new Uint16Array(messages.length * directTags);
  const wide = new Map<number, number>();
  for (const [id, message] of messages.entries()) {
    const base = id * directTags;
    for (let tag = 8; tag < directTags; tag++) entries[base + tag] = unknownEntry(tag);
    for (const field of message.fields) {
      for (let wire = 0; wire < 8; wire++) {
        const tag = field.number * 8 + wire;
        const entry = knownEntry(field, wire, messages);
        if (tag < directTags) entries[base + tag] = entry;
        else wide.set(tag * 65536 + base, entry);
      }
    }
  }
  return { entries, wide };
}

/** The entry of a field that the schema does not know: skipped by its wire type; groups are refused. */
export function unknownEntry(tag: number): number {
  const byWireType = [
    operation.skipVarint,
    operation.skip64,
    operation.skipLength,
    undefined,
    undefined,
    operation.skip32,
  ];
  return byWireType[tag % 8] ?? operation.refuse;
}

function knownEntry(field: Field, wire: number, messages: readonly Message[]): number {
  const natural = wireTypeOf(field.type);
  if (wire !== natural) return field.repeated && wire === 2 ? packedEntry(natural) : operation.refuse;
  if (field.message) return (messages.indexOf(field.message) << 4) | enterOperation(field);
  if (field.idLengths) return (Math.max(...field.idLengths) << 4) | operation.id;
  return unknownEntry(wire);
}

function packedEntry(natural: number): number {
  if (natural === 1) return operation.packed64;
  return natural === 0 ? operation.packedVarint : operation.refuse;
}

function enterOperation(field: Field): number {
  if (field.cut === "item") return operation.enterItem;
  if (field.cut === "group" && field.oneof) return operation.enterMember;
  if (field.message?.fields.some((inner) => inner.cut === "group" && inner.oneof)) return operation.enterChoice;
  if (field.cut === "group") return operation.enterGroup;
  return field.message?.isPair ? operation.enterKeyValue : operation.enter;
}

/** The wire type that a field's type is written with, unpacked (protobuf encoding, "Message Structure"). */
export function wireTypeOf(type: Field["type"]): number {
  switch (type) {
    case "message":
    case "string":
    case "bytes":
      return 2;
    case "double":
    case "fixed64":
    case "sfixed64":
      return 1;
    case "fixed32":
      return 5;
    default:
      return 0;
  }
}

function reachable(root: Message): Message[] {
  const found = [root];
  for (const message of found) {
    for (const field of message.fields) {
      if (field.message && !found.includes(field.message)) found.push(field.message);
    }
  }
  return found;
}
