import type { WireWriter } from "../wire/wire-writer.ts";
import { writeTag, writeText } from "../wire/write-fields.ts";

/** An attribute as it is written: a whole number is an int64, unless `isDouble` says that others of its name have fractions. */
export interface Attribute {
  readonly name: string;
  readonly value: string | number | boolean | readonly string[];
  readonly isDouble?: true;
}

// KeyValue.key, .value; AnyValue.string_value, .bool_value, .int_value, .double_value, .array_value; ArrayValue.values.
const keyTag = 0x0a;
const valueTag = 0x12;
const stringTag = 0x0a;
const boolTag = 0x10;
const intTag = 0x18;
const doubleTag = 0x21;
const arrayTag = 0x2a;
const itemTag = 0x0a;

const pow32 = 2 ** 32;

/** Writes a `KeyValue` with the tag that it has in the message around it. */
export function writeAttribute(writer: WireWriter, tag: number, attribute: Attribute): void {
  writeTag(writer, tag);
  const start = writer.open(1);
  writeText(writer, keyTag, attribute.name);
  writeTag(writer, valueTag);
  const valueStart = writer.open(1);
  writeValue(writer, attribute);
  writer.close(valueStart, 1);
  writer.close(start, 1);
}

function writeValue(writer: WireWriter, { value, isDouble }: Attribute): void {
  if (typeof value === "string") writeText(writer, stringTag, value);
  else if (typeof value === "boolean") {
    writer.ensure(2);
    writer.tag(boolTag);
    writer.varint(0, value ? 1 : 0);
  } else if (typeof value === "number") writeNumber(writer, value, isDouble ?? !Number.isSafeInteger(value));
  else writeTexts(writer, value);
}

function writeNumber(writer: WireWriter, value: number, isDouble: boolean): void {
  writer.ensure(12);
  if (isDouble) {
    writer.tag(doubleTag);
    writer.double(value);
    return;
  }
  writer.tag(intTag);
  // Two's complement in halves: a negative one borrows from above.
  writer.varint(Math.floor(value / pow32) >>> 0, value >>> 0);
}

function writeTexts(writer: WireWriter, texts: readonly string[]): void {
  writeTag(writer, arrayTag);
  const start = writer.open(1);
  for (const text of texts) {
    writeTag(writer, itemTag);
    const itemStart = writer.open(1);
    writeText(writer, stringTag, text);
    writer.close(itemStart, 1);
  }
  writer.close(start, 1);
}
