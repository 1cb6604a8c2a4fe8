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

/** A cursor over the fields of a group. */
export function walk(group: Group): FieldCursor {
  return new FieldCursor(group.bytes, group.start, group.end);
}

/** The field by which a group holds items or further groups; undefined for what belongs to its header. */
export function cutField(message: Message, cursor: FieldCursor): Field | undefined {
  for (const field of message.cuts) if (field.number === cursor.number) return field;
  return undefined;
}

/** The group in the field under the cursor. */
export function childOf(group: Group, field: Field, cursor: FieldCursor): Group {
  const message = field.message ?? group.message;
  return { bytes: group.bytes, message, start: cursor.valueStart, end: cursor.valueEnd };
}

/** Counts the items in a group as `scan` does: of a oneof, only those of the last member. */
export function countItems(group: Group): number {
  return countRest(walk(group), group.message);
}

/** Counts the items in the field under the cursor, the field itself included. */
export function itemsIn(field: Field, cursor: FieldCursor): number {
  if (field.cut === "item") return 1;
  if (!field.message || cursor.valueStart === cursor.valueEnd) return 0;
  return countRest(new FieldCursor(cursor.bytes, cursor.valueStart, cursor.valueEnd), field.message);
}

/** One cursor for all levels: a request may be made of millions of groups of a few bytes (bench/split.ts, tiny groups). */
function countRest(cursor: FieldCursor, message: Message): number {
  let items = 0;
  let member = 0;
  while (cursor.next()) {
    const field = cutField(message, cursor);
    if (!field) continue;
    if (field.oneof && field.number !== member) items = 0;
    member = field.number;
    if (field.cut === "item") items++;
    else if (field.message) {
      const outerEnd = cursor.enter();
      items += countRest(cursor, field.message);
      cursor.leave(outerEnd);
    }
  }
  return items;
}

/**
 * What every part of a group repeats: all fields but its children, unknown ones included, in their order, wherever they
 * stand (the Collector writes `resource` and `scope` after their children). Undefined where a group cannot be cut: it
 * has no children, or it is a metric with several members of its oneof, whose order decides which points count.
 */
export function headerOf(group: Group): Uint8Array | undefined {
  const { bytes, message } = group;
  let header = new Uint8Array(0);
  let size = 0;
  let children = 0;
  let members = 0;
  let rangeStart = group.start;
  const cursor = walk(group);
  while (cursor.next()) {
    const field = cutField(message, cursor);
    if (!field) continue;
    children++;
    if (field.oneof) members++;
    append(rangeStart, cursor.fieldStart);
    rangeStart = cursor.valueEnd;
  }
  if (children === 0 || members > 1) return undefined;
  append(rangeStart, cursor.fieldStart);
  return header.subarray(0, size);

  function append(start: number, end: number): void {
    if (start === end) return;
    const total = size + end - start;
    if (total > header.length) {
      const larger = new Uint8Array(Math.min(group.end - group.start, 2 * total));
      larger.set(header.subarray(0, size));
      header = larger;
    }
    size = copyRange(bytes, { start, end }, { to: header, pos: size });
  }
}
