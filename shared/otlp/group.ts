import { copyRange } from "./copy-range.ts";
import { FieldCursor } from "./field-cursor.ts";
import type { Field, Message } from "./schema.ts";

/** A message in `bytes`, from `start` to `end`, that a split may cut open. */
export interface Group {
  readonly bytes: Uint8Array;
  readonly message: Message;
  readonly start: number;
  readonly end: number;
}

export function walk(group: Group): FieldCursor {
  return new FieldCursor(group.bytes, group.start, group.end);
}

/** The field by which a group holds items or further groups; undefined for what belongs to its header. */
export function cutField(message: Message, cursor: FieldCursor): Field | undefined {
  for (const field of message.fields) {
    if (field.number === cursor.number) return field.cut ? field : undefined;
  }
  return undefined;
}

/** The group in the field under the cursor. */
export function childOf(group: Group, field: Field, cursor: FieldCursor): Group {
  const message = field.message ?? group.message;
  return { bytes: group.bytes, message, start: cursor.valueStart, end: cursor.valueEnd };
}

/** Counts the items in a group as `scan` does: of a oneof, only those of the last member. */
export function countItems(group: Group): number {
  let items = 0;
  let member = 0;
  for (const cursor = walk(group); cursor.next(); ) {
    const field = cutField(group.message, cursor);
    if (!field) continue;
    if (field.oneof && field.number !== member) items = 0;
    member = field.number;
    items += field.cut === "item" ? 1 : countItems(childOf(group, field, cursor));
  }
  return items;
}

/**
 * What every part of a group repeats: all fields but its children, unknown ones included, in their order, wherever they
 * stand (the Collector writes `resource` and `scope` after their children). Undefined where a group cannot be cut: it
 * has no children, or it is a metric with several members of its oneof, whose order decides which points count.
 */
export function headerOf(group: Group): Uint8Array | undefined {
  let size = 0;
  let children = 0;
  let members = 0;
  for (const cursor = walk(group); cursor.next(); ) {
    const field = cutField(group.message, cursor);
    if (!field) size += cursor.valueEnd - cursor.fieldStart;
    else children++;
    if (field?.oneof) members++;
  }
  if (children === 0 || members > 1) return undefined;
  const header = new Uint8Array(size);
  let pos = 0;
  for (const cursor = walk(group); cursor.next(); ) {
    if (cutField(group.message, cursor)) continue;
    pos = copyRange(group.bytes, { start: cursor.fieldStart, end: cursor.valueEnd }, { to: header, pos });
  }
  return header;
}
