import { FieldCursor } from "./field-cursor.ts";
import type { Rejection } from "./rejection.ts";
import { wireTypeOf } from "./scan-table.ts";
import type { Field, Message } from "./schema.ts";
import { varintSize, varintValue } from "./varint.ts";

/** Enough for every field outside of nested attribute values. */
const maxNames = 24;
const wireTypes = ["a varint", "64 bits", "length-delimited", "a group", "the end of a group", "32 bits"];

/**
 * Makes the rejection of the field whose tag starts at `offset`. The path is found by walking down to it once more, so
 * that the scan itself keeps no account of where it is. Without `message` the tag itself is at fault.
 */
export function refuse(bytes: Uint8Array, offset: number, about: { root: Message; message?: string }): Rejection {
  const names: string[] = [];
  let message: Message | undefined = about.root;
  let cursor = new FieldCursor(bytes, 0, bytes.length);
  for (;;) {
    const start = cursor.valueEnd;
    const isWhole = seek(cursor, offset);
    const number = cursor.number;
    const field: Field | undefined = message.fields.find((candidate) => candidate.number === number);
    if (field) names.push(nameOf(field, field.repeated ? countBefore(cursor, { start, number }) : 0));
    if (cursor.fieldStart >= offset || !isWhole || !field?.message) break;
    message = field.message;
    cursor = new FieldCursor(bytes, cursor.valueStart, cursor.valueEnd);
  }
  return { kind: "rejected", message: about.message ?? aboutTag(bytes, offset, message), path: pathOf(names), offset };
}

/** Moves to the field that begins at `offset` or holds it; false where that field is not whole. */
function seek(cursor: FieldCursor, offset: number): boolean {
  while (cursor.next()) {
    if (cursor.fieldStart >= offset || offset < cursor.valueEnd) return true;
  }
  return false;
}

/** How many fields of a number stand before the one under the cursor, in the message that begins at `start`. */
function countBefore(cursor: FieldCursor, { start, number }: { start: number; number: number }): number {
  let count = 0;
  for (const before = new FieldCursor(cursor.bytes, start, cursor.fieldStart); before.next(); ) {
    if (before.number === number) count++;
  }
  return count;
}

function pathOf(names: readonly string[]): string {
  return names.length <= maxNames ? names.join(".") : `${names.slice(0, maxNames).join(".")}…`;
}

/** A field as a path names it: with its index where it is repeated. */
export function nameOf(field: Field, index: number): string {
  return field.repeated ? `${field.name}[${index}]` : field.name;
}

function aboutTag(bytes: Uint8Array, offset: number, message: Message | undefined): string {
  const tag = varintValue(bytes, offset, varintSize(bytes, offset, bytes.length));
  const number = Math.floor(tag / 8);
  const wireType = tag % 8;
  if (number === 0) return "Field number 0 is not allowed.";
  if (wireType > 5) return `Wire type ${wireType} of field ${number} does not exist.`;
  const field = message?.fields.find((candidate) => candidate.number === number);
  if (!field) return `Field ${number} is ${wireTypes[wireType]}: groups are not accepted.`;
  return `Field ${number} (${field.name}) is ${wireTypes[wireType]} instead of ${wireTypes[wireTypeOf(field.type)]}.`;
}
