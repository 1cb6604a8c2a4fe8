import { FieldCursor } from "../wire/field-cursor.ts";
import { childOf, cutField, type Group, walk } from "../wire/group.ts";
import type { Signal } from "./signals.ts";

/** What a person wants to know of a request that is parked: a few `service.name`s, and the times of its items. */
export interface Inspection {
  readonly services: readonly string[];
  /** Milliseconds since the Unix epoch; absent where no item has a time. */
  readonly oldestAt?: number;
  readonly newestAt?: number;
}

const maxServices = 5;
const maxServiceBytes = 255;
const serviceKey = new TextEncoder().encode("service.name");
const text = new TextDecoder();

/** Looks into a request that passed `scan`, without decoding it; other bytes give less, but never throw. */
export function inspect(bytes: Uint8Array, signal: Signal): Inspection {
  const services = new Set<string>();
  let oldest = Number.POSITIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;

  function visit(group: Group): void {
    for (const cursor = walk(group); cursor.next(); ) {
      const field = cutField(group.message, cursor);
      if (field?.cut === "group") visit(childOf(group, field, cursor));
      else if (field?.cut === "item") visitItem(childOf(group, field, cursor));
      else if (cursor.number === 1 && group.message.fields[0]?.message?.name === "Resource") visitResource(cursor);
    }
  }

  function visitItem(item: Group): void {
    const nanos = timeOf(item);
    if (nanos === 0) return;
    oldest = Math.min(oldest, nanos);
    newest = Math.max(newest, nanos);
  }

  function visitResource(resource: FieldCursor): void {
    for (const cursor = enter(resource); services.size < maxServices && cursor.next(); ) {
      const service = cursor.number === 1 ? serviceOf(enter(cursor)) : undefined;
      if (service !== undefined) services.add(service);
    }
  }

  visit({ bytes, message: signal.request, start: 0, end: bytes.length });
  const names = { services: [...services] };
  if (newest < oldest) return names;
  return { ...names, oldestAt: Math.floor(oldest / 1e6), newestAt: Math.floor(newest / 1e6) };
}

/** An item's own time in nanoseconds: of several time fields that are set, the one the schema puts first; 0 if none. */
function timeOf(item: Group): number {
  for (const field of item.message.fields) {
    const nanos = field.itemTime ? lastFixed64(item, field.number) : 0;
    if (nanos > 0) return nanos;
  }
  return 0;
}

function lastFixed64(item: Group, number: number): number {
  let value = 0;
  for (const cursor = walk(item); cursor.next(); ) {
    if (cursor.number === number) value = fixed64(cursor);
  }
  return value;
}

function fixed64(cursor: FieldCursor): number {
  let value = 0;
  for (let at = cursor.valueEnd - 1; at >= cursor.valueStart; at--) value = value * 256 + (cursor.bytes[at] as number);
  return value;
}

/** The value of an attribute, KeyValue { key (1), value (2): AnyValue { string_value (1) } }, if it names the service. */
function serviceOf(attribute: FieldCursor): string | undefined {
  let isService = false;
  let name: string | undefined;
  while (attribute.next()) {
    if (attribute.number === 1) isService = equals(contentOf(attribute), serviceKey);
    if (attribute.number !== 2) continue;
    for (const value = enter(attribute); value.next(); ) {
      if (value.number === 1) name = text.decode(contentOf(value).subarray(0, maxServiceBytes));
    }
  }
  return isService && name !== "" ? name : undefined;
}

function enter(cursor: FieldCursor): FieldCursor {
  return new FieldCursor(cursor.bytes, cursor.valueStart, cursor.valueEnd);
}

function contentOf(cursor: FieldCursor): Uint8Array {
  return cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd);
}

function equals(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
