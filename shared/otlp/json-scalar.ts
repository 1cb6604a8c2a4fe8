import type { WireWriter } from "../wire/wire-writer.ts";
import { ascii, JsonNumber } from "./json-number.ts";
import { type FieldPlan, type IntegerRange, kind } from "./json-plan.ts";
import type { JsonReader } from "./json-reader.ts";
import { copyString, noRoom } from "./json-string.ts";
import { base64Size, writeBase64, writeHex } from "./json-text.ts";

/**
 * Reads the next value as the field's type and writes it: with its tag, or bare where the field is packed. A zero is
 * written only where `explicit` says that it means something.
 */
export type ReadScalar = (field: FieldPlan, explicit: boolean) => void;

const quote = 0x22;
const namedDoubles: ReadonlyMap<string, number> = new Map(
  ["NaN", "Infinity", "-Infinity"].map((name) => [name, Number(name)]),
);

export function createScalarReader(reader: JsonReader, writer: WireWriter): ReadScalar {
  const number = new JsonNumber();

  return function readScalar(field, explicit) {
    switch (field.kind) {
      case kind.string:
        return readString(field, explicit);
      case kind.id:
        return readId(field, explicit);
      case kind.bytes:
        return readBytes(field, explicit);
      case kind.bool:
        return readBool(field, explicit);
      case kind.double:
        return readDouble(field, explicit);
      case kind.enum:
        return readEnum(field, explicit);
      case kind.fixed64:
        return readFixed64(field, explicit);
      case kind.fixed32:
        return readFixed32(field, explicit);
      case kind.varint:
        readInteger(field.integer);
        return writeVarint(field, explicit);
      case kind.zigzag:
        readInteger(field.integer);
        // Zigzag: the sign goes to the lowest bit (protobuf encoding, "Signed Integers").
        zigzag(field.integer.is32);
        return writeVarint(field, explicit);
    }
  };

  function zigzag(is32: boolean): void {
    const { low, high } = number;
    const sign = (is32 ? low : high) >> 31;
    number.low = ((low << 1) ^ sign) >>> 0;
    number.high = is32 ? 0 : (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
  }

  function readString(field: FieldPlan, explicit: boolean): void {
    if (reader.peek() !== quote) reader.fail("Expected a string.");
    const before = writer.at;
    writer.ensure(8);
    writer.tag(field.tag);
    const start = writer.at + 1;
    let end = copyString(reader, writer, start);
    if (end === noRoom) {
      reader.readString();
      reader.at = reader.start - 1;
      writer.ensure(reader.stop - reader.start + 8);
      end = copyString(reader, writer, start);
    }
    if (end === start && !explicit) {
      writer.at = before;
    } else {
      writer.at = end;
      writer.close(start, 1);
    }
  }

  function readId(field: FieldPlan, explicit: boolean): void {
    if (reader.peek() !== quote) reader.fail("Expected a string of hexadecimal digits.");
    const offset = reader.at;
    reader.readPlainString();
    const digits = reader.stop - reader.start;
    if (digits === 0 && !explicit) return;
    if (digits !== 0 && digits !== field.idSize * 2) {
      reader.fail(`The id has ${digits} hexadecimal digits instead of ${field.idSize * 2}.`, offset);
    }
    writer.ensure(3 + field.idSize);
    writer.tag(field.tag);
    writer.length(digits / 2);
    if (!writeHex(reader, writer)) reader.fail("The id is not written in hexadecimal digits.", offset);
  }

  function readBytes(field: FieldPlan, explicit: boolean): void {
    if (reader.peek() !== quote) reader.fail("Expected a string in base64.");
    const offset = reader.at;
    reader.readPlainString();
    const size = base64Size(reader);
    if (size < 0) reader.fail("The string is not base64: its length is wrong.", offset);
    if (size === 0 && !explicit) return;
    writer.ensure(size + 7);
    writer.tag(field.tag);
    writer.length(size);
    if (!writeBase64(reader, writer)) reader.fail("The string is not base64.", offset);
  }

  function readBool(field: FieldPlan, explicit: boolean): void {
    const value = reader.peek() === 0x74;
    if (!value && reader.peek() !== 0x66) reader.fail("Expected true or false.");
    reader.expectWord(value ? "true" : "false");
    if (!value && !explicit) return;
    writer.ensure(3);
    writer.tag(field.tag);
    writer.length(value ? 1 : 0);
  }

  function readEnum(field: FieldPlan, explicit: boolean): void {
    if (reader.peek() === quote) {
      const offset = reader.at;
      reader.readPlainString();
      const value = field.values.get(text());
      if (value === undefined) {
        reader.fail("Expected the number of an enum value, or a name that it has.", offset);
      }
      number.high = 0;
      number.low = value;
    } else readInteger(field.integer);
    writeVarint(field, explicit);
  }

  function readDouble(field: FieldPlan, explicit: boolean): void {
    reader.peek();
    const offset = reader.at;
    let value: number | undefined;
    if (readNumber()) {
      value = number.toDouble();
      if (!Number.isFinite(value)) reader.fail("The number is too large for a double.", offset);
    } else {
      value = reader.at > offset ? namedDoubles.get(text()) : undefined;
      if (value === undefined) reader.fail('Expected a number, "NaN", "Infinity" or "-Infinity".', offset);
    }
    if (Object.is(value, 0) && !explicit) return;
    begin(field, 8);
    writer.double(value);
  }

  function readFixed64(field: FieldPlan, explicit: boolean): void {
    readInteger(field.integer);
    if (number.low === 0 && number.high === 0 && !explicit) return;
    begin(field, 8);
    writer.fixed64(number.high, number.low);
  }

  function readFixed32(field: FieldPlan, explicit: boolean): void {
    readInteger(field.integer);
    if (number.low === 0 && !explicit) return;
    begin(field, 4);
    writer.fixed32(number.low);
  }

  function writeVarint(field: FieldPlan, explicit: boolean): void {
    if (number.low === 0 && number.high === 0 && !explicit) return;
    begin(field, 10);
    writer.varint(number.high, number.low);
  }

  /** Makes room and writes the tag, which the elements of a packed field do not have. */
  function begin(field: FieldPlan, size: number): void {
    writer.ensure(2 + size);
    if (!field.isPacked) writer.tag(field.tag);
  }

  /** Leaves an integer of the range in `number`, whether it is written as a number or as a string. */
  function readInteger({ isSigned, is32, text }: IntegerRange): void {
    reader.peek();
    const offset = reader.at;
    if (!readNumber() || !number.toInteger(isSigned) || (is32 && !fits32(isSigned))) {
      reader.fail(`Expected an integer from ${text}.`, offset);
    }
  }

  function fits32(isSigned: boolean): boolean {
    if (!isSigned) return number.high === 0;
    return number.low < 0x80000000 ? number.high === 0 : number.high === 0xffffffff;
  }

  /** Reads the next value if it is a number or a string that holds one and nothing else. */
  function readNumber(): boolean {
    const { bytes } = reader;
    if (reader.peek() !== quote) {
      const { at } = reader;
      reader.at = number.read(bytes, at, bytes.length);
      return reader.at > at;
    }
    const start = reader.at + 1;
    const end = number.read(bytes, start, bytes.length);
    if (end > start && bytes[end] === quote) {
      reader.at = end + 1;
      return true;
    }
    reader.readPlainString();
    return number.read(reader.text, reader.start, reader.stop) === reader.stop && reader.stop > reader.start;
  }

  /** The string read last, when it is short: names of enum values and doubles. */
  function text(): string {
    return reader.stop - reader.start > 64 ? "" : ascii(reader.text, reader.start, reader.stop);
  }
}
