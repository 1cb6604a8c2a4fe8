import { FieldCursor } from "../wire/field-cursor.ts";
import { childOf, cutField, type Group, walk } from "../wire/group.ts";
import type { Message } from "../wire/schema.ts";
import { resource } from "./schema.ts";

const maxServices = 5;
const maxServiceBytes = 255;
const serviceKey = new TextEncoder().encode("service.name");
const text = new TextDecoder();

/** A few `service.name`s of a request that passed `scan`, without decoding it; other bytes give less, but never throw. */
export function servicesOf(bytes: Uint8Array, root: Message): readonly string[] {
  const services = new Set<string>();

  function visit(group: Group): void {
    for (const cursor = walk(group); services.size < maxServices && cursor.next(); ) {
      const field = cutField(group.message, cursor);
      if (field?.cut === "group") visit(childOf(group, field, cursor));
      else if (cursor.number === 1 && group.message.fields[0]?.message === resource) visitResource(cursor);
    }
  }

  function visitResource(cursor: FieldCursor): void {
    for (const attributes = enter(cursor); services.size < maxServices && attributes.next(); ) {
      const service = attributes.number === 1 ? serviceOf(enter(attributes)) : undefined;
      if (service !== undefined) services.add(service);
    }
  }

  visit({ bytes, message: root, start: 0, end: bytes.length });
  return [...services];
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
