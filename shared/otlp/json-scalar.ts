import { ascii, JsonNumber } from "./json-number.ts";
import type { FieldPlan } from "./json-plan.ts";
import type { JsonReader } from "./json-reader.ts";
import { base64Size, writeBase64, writeHex } from "./json-text.ts";
import { lengthSize } from "./varint.ts";
import type { WireWriter } from "./wire-writer.ts";

/**
 * Reads the next value as the field's type and writes it: with its tag, or bare where the field is packed. A zero is
 * written only where `explicit` says that it means something.
 */
export type ReadScalar = (field: FieldPlan, explicit: boolean) => void;

const quote = 0x22;
/** Strings up to this are copied byte by byte: for them that is faster than a call of `set` (bench/transcode.ts). */
const shortString = 48;

const integers = {
  int32: { signed: true, is32: true, what: "an integer from -2147483648 to 2147483647" },
  uint32: { signed: false, is32: true, what: "an integer from 0 to 4294967295" },
  int64: { signed: true, is32: false, what: "an integer from -9223372036854775808 to 9223372036854775807" },
  uint64: { signed: false, is32: false, what: "an integer from 0 to 18446744073709551615" },
} as const;

const namedDoubles: ReadonlyMap<string, number> = new Map(
  ["NaN", "Infinity", "-Infinity"].map((name) => [name, Number(name)]),
);

export function createScalarReader(reader: JsonReader, writer: WireWriter): ReadScalar {
  const number = new JsonNumber();

  return function readScalar(field, explicit) {
    switch (field.field.type) {
      case "string":
        return readString(field, explicit);
      case "bytes":
        return field.idSize > 0 ? readId(field, explicit) : readBytes(field, explicit);
      case "bool":
        return readBool(field, explicit);
      case "double":
        return readDouble(field, explicit);
      case "enum":
        return readEnum(field, explicit);
      case "fixed64":
        return readFixed64(field, "uint64", explicit);
      case "sfixed64":
        return readFixed64(field, "int64", explicit);
      case "fixed32":
        return readFixed32(field, explicit);
      case "int32":
      case "uint32":
      case "int64":
      case "uint64":
        readInteger(field.field.type);
        return writeVarint(field, explicit);
      case "sint32":
        readInteger("int32");
        // Zigzag: the sign goes to the lowest bit (protobuf encoding, "Signed Integers").
        number.low = ((number.low << 1) ^ (number.low >> 31)) >>> 0;
        number.high = 0;
        return writeVarint(field, explicit);
    }
  };

  function readString(field: FieldPlan, explicit: boolean): void {
    if (reader.peek() !== quote) reader.fail("Expected a string.");
    reader.readString();
    const { start, stop } = reader;
    const length = stop - start;
    if (length === 0 && !explicit) return;
    writer.ensure(length + 7);
    writer.tag(field.tag);
    if (reader.escaped) {
      const room = lengthSize(length);
      const open = writer.open(room);
      writer.at = reader.unescape(writer.bytes, writer.at);
      writer.close(open, room);
      return;
    }
    writer.length(length);
    const { bytes, at } = writer;
    if (length > shortString) bytes.set(reader.bytes.subarray(start, stop), at);
    else for (let from = start, to = at; from < stop; from++, to++) bytes[to] = reader.bytes[from] as number;
    writer.at = at + length;
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
    if (!writeHex(reader.text, reader.start, reader.stop, writer)) {
      reader.fail("The id is not written in hexadecimal digits.", offset);
    }
  }

  function readBytes(field: FieldPlan, explicit: boolean): void {
    if (reader.peek() !== quote) reader.fail("Expected a string in base64.");
    const offset = reader.at;
    reader.readPlainString();
    const { text, start, stop } = reader;
    const size = base64Size(text, start, stop);
    if (size < 0) reader.fail("The string is not base64: its length is wrong.", offset);
    if (size === 0 && !explicit) return;
    writer.ensure(size + 7);
    writer.tag(field.tag);
    writer.length(size);
    if (!writeBase64(text, start, stop, writer)) reader.fail("The string is not base64.", offset);
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
    } else readInteger("int32");
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

  function readFixed64(field: FieldPlan, type: "uint64" | "int64", explicit: boolean): void {
    readInteger(type);
    if (number.low === 0 && number.high === 0 && !explicit) return;
    begin(field, 8);
    writer.fixed64(number.high, number.low);
  }

  function readFixed32(field: FieldPlan, explicit: boolean): void {
    readInteger("uint32");
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

  /** Leaves an integer of the type in `number`, whether it is written as a number or as a string. */
  function readInteger(type: keyof typeof integers): void {
    const { signed, is32, what } = integers[type];
    reader.peek();
    const offset = reader.at;
    if (!readNumber() || !number.toInteger(signed) || (is32 && !fits32(signed))) {
      reader.fail(`Expected ${what}.`, offset);
    }
  }

  function fits32(signed: boolean): boolean {
    if (!signed) return number.high === 0;
    return number.low < 0x80000000 ? number.high === 0 : number.high === 0xffffffff;
  }

  /** Reads the next value if it is a number or a string that holds one and nothing else. */
  function readNumber(): boolean {
    if (reader.peek() === quote) {
      reader.readPlainString();
      return number.read(reader.text, reader.start, reader.stop) === reader.stop && reader.stop > reader.start;
    }
    const { at, bytes } = reader;
    reader.at = number.read(bytes, at, bytes.length);
    return reader.at > at;
  }

  /** The string read last, when it is short: names of enum values and doubles. */
  function text(): string {
    return reader.stop - reader.start > 64 ? "" : ascii(reader.text, reader.start, reader.stop);
  }
}
