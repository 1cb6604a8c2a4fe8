import { FieldCursor } from "./field-cursor.ts";
import { childOf, cutField, type Group, walk } from "./group.ts";
import type { ItemTime, Message } from "./schema.ts";

/** Milliseconds since the Unix epoch; absent where no item has a time. */
export interface ItemTimes {
  readonly oldestAt?: number;
  readonly newestAt?: number;
}

/** The oldest and the newest time of the items in a message that passed `scan`; other bytes give less, but never throw. */
export function itemTimes(bytes: Uint8Array, root: Message): ItemTimes {
  let oldest = Number.POSITIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;

  function visit(group: Group): void {
    for (const cursor = walk(group); cursor.next(); ) {
      const field = cutField(group.message, cursor);
      if (field?.cut === "group") visit(childOf(group, field, cursor));
      else if (field) visitItem(childOf(group, field, cursor));
    }
  }

  function visitItem(item: Group): void {
    const at = timeOf(item);
    if (at === 0) return;
    oldest = Math.min(oldest, at);
    newest = Math.max(newest, at);
  }

  visit({ bytes, message: root, start: 0, end: bytes.length });
  return newest < oldest ? {} : { oldestAt: Math.floor(oldest), newestAt: Math.floor(newest) };
}

/** An item's own time: of several time fields that are set, the one the schema puts first; 0 if none. */
function timeOf(item: Group): number {
  for (const field of item.message.fields) {
    const at = field.itemTime ? lastTime(item, field.number, field.itemTime) : 0;
    if (at !== 0) return at;
  }
  return 0;
}

function lastTime(item: Group, number: number, itemTime: ItemTime): number {
  let at = 0;
  for (const cursor = walk(item); cursor.next(); ) {
    if (cursor.number === number) at = readTime(cursor, itemTime);
  }
  return at;
}

function readTime(cursor: FieldCursor, itemTime: ItemTime): number {
  switch (itemTime) {
    case "nanoseconds":
      return fixed64(cursor) / 1e6;
    case "milliseconds":
      return int64(cursor);
    case "timestamp": {
      let [seconds, nanos] = [0, 0];
      const inner = new FieldCursor(cursor.bytes, cursor.valueStart, cursor.valueEnd);
      while (inner.next()) {
        if (inner.number === 1) seconds = int64(inner);
        if (inner.number === 2) nanos = int64(inner);
      }
      return seconds * 1000 + nanos / 1e6;
    }
  }
}

function fixed64(cursor: FieldCursor): number {
  let value = 0;
  for (let at = cursor.valueEnd - 1; at >= cursor.valueStart; at--) value = value * 256 + (cursor.bytes[at] as number);
  return value;
}

function int64(cursor: FieldCursor): number {
  let value = 0n;
  for (let at = cursor.valueEnd - 1; at >= cursor.valueStart; at--) {
    value = (value << 7n) | BigInt((cursor.bytes[at] as number) & 127);
  }
  return Number(BigInt.asIntN(64, value));
}
