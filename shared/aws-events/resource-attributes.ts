import { type Attribute, writeAttribute } from "../otlp/write-attribute.ts";
import { FieldCursor } from "../wire/field-cursor.ts";
import { WireWriter } from "../wire/wire-writer.ts";
import { writeTag } from "../wire/write-fields.ts";
import { findPair, stringOf, textOf, writeRaw } from "./wire-parts.ts";

// Export…ServiceRequest.resource_…; Resource….resource; Resource.attributes: the same in every signal.
const resourceGroupTag = 0x0a;
const resourceTag = 0x0a;
const attributeTag = 0x0a;

/**
 * Adds attributes to every resource of an export request of any signal that passed `scan`, where it has none of that name; whatever
 * else is in it stays as it is, byte for byte.
 */
export function withResourceAttributes(bytes: Uint8Array, attributes: readonly Attribute[]): Uint8Array {
  if (attributes.length === 0) return bytes;
  const writer = new WireWriter(bytes.length + 1024, Number.POSITIVE_INFINITY);
  const cursor = new FieldCursor(bytes, 0, bytes.length);
  while (cursor.next()) {
    if (cursor.number === 1) writeGroup(writer, cursor, attributes);
  }
  return writer.finish();
}

function writeGroup(writer: WireWriter, group: FieldCursor, attributes: readonly Attribute[]): void {
  const { bytes, valueStart: from, valueEnd: to } = group;
  const known = resourceTexts(bytes, { from, to });
  let missing = attributes.filter(({ name }) => !known.has(name));
  writeTag(writer, resourceGroupTag);
  const start = writer.open(3);
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    if (cursor.number === 1) {
      writeResource(writer, bytes, { from: cursor.valueStart, to: cursor.valueEnd, missing });
      missing = [];
    } else writeRaw(writer, bytes, { from: cursor.fieldStart, to: cursor.valueEnd });
  }
  if (missing.length > 0) writeResource(writer, bytes, { from: to, to, missing });
  writer.close(start, 3);
}

function writeResource(
  writer: WireWriter,
  bytes: Uint8Array,
  { from, to, missing }: { readonly from: number; readonly to: number; readonly missing: readonly Attribute[] },
): void {
  writeTag(writer, resourceTag);
  const start = writer.open(2);
  writeRaw(writer, bytes, { from, to });
  for (const attribute of missing) writeAttribute(writer, attributeTag, attribute);
  writer.close(start, 2);
}

/** The attributes of the resource of a `Resource…` message, with their values as far as they are text. */
export function resourceTexts(
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  const cursor = new FieldCursor(bytes, from, to);
  while (cursor.next()) {
    if (cursor.number !== 1) continue;
    const pairs = new FieldCursor(bytes, cursor.valueStart, cursor.valueEnd);
    while (pairs.next()) {
      if (pairs.number !== 1) continue;
      const { key, value } = findPair(bytes, pairs);
      known.set(textOf(bytes, key), stringOf(bytes, value));
    }
  }
  return known;
}
