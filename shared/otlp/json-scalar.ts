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

/** A reader of scalars from `reader` into `writer`. */
export function createScalarReader(reader: JsonReader, writer: WireWriter): ReadScalar {
  const scalars = new ScalarReader(reader, writer);
  return (field, explicit) => scalars.read(field, explicit);
}

class ScalarReader {
  private readonly reader: JsonReader;
  private readonly writer: WireWriter;
  private readonly number = new JsonNumber();

  constructor(reader: JsonReader, writer: WireWriter) {
    this.reader = reader;
    this.writer = writer;
  }

  read(field: FieldPlan, explicit: boolean): void {
    switch (field.kind) {
      case kind.string:
        this.readString(field, explicit);
        break;
      case kind.id:
        this.readId(field, explicit);
        break;
      case kind.bytes:
        this.readBytes(field, explicit);
        break;
      case kind.bool:
        this.readBool(field, explicit);
        break;
      case kind.double:
        this.readDouble(field, explicit);
        break;
      case kind.enum:
        this.readEnum(field, explicit);
        break;
      case kind.fixed64:
        this.readFixed64(field, explicit);
        break;
      case kind.fixed32:
        this.readFixed32(field, explicit);
        break;
      case kind.varint:
        this.readInteger(field.integer);
        this.writeVarint(field, explicit);
        break;
      case kind.zigzag:
        this.readInteger(field.integer);
        // Zigzag: the sign goes to the lowest bit (protobuf encoding, "Signed Integers").
        this.zigzag(field.integer.is32);
        this.writeVarint(field, explicit);
    }
  }

  private zigzag(is32: boolean): void {
    const { low, high } = this.number;
    const sign = (is32 ? low : high) >> 31;
    this.number.low = ((low << 1) ^ sign) >>> 0;
    this.number.high = is32 ? 0 : (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
  }

  private readString(field: FieldPlan, explicit: boolean): void {
    if (this.reader.peek() !== quote) this.reader.fail("Expected a string.");
    const before = this.writer.at;
    this.writer.ensure(8);
    this.writer.tag(field.tag);
    const start = this.writer.at + 1;
    let end = copyString(this.reader, this.writer, start);
    if (end === noRoom) {
      this.reader.readString();
      this.reader.at = this.reader.start - 1;
      this.writer.ensure(this.reader.stop - this.reader.start + 8);
      end = copyString(this.reader, this.writer, start);
    }
    if (end === start && !explicit) {
      this.writer.at = before;
    } else {
      this.writer.at = end;
      this.writer.close(start, 1);
    }
  }

  private readId(field: FieldPlan, explicit: boolean): void {
    if (this.reader.peek() !== quote) this.reader.fail("Expected a string of hexadecimal digits.");
    const offset = this.reader.at;
    this.reader.readPlainString();
    const digits = this.reader.stop - this.reader.start;
    if (digits === 0 && !explicit) return;
    if (digits !== 0 && digits !== field.idSize * 2) {
      this.reader.fail(`The id has ${digits} hexadecimal digits instead of ${field.idSize * 2}.`, offset);
    }
    this.writer.ensure(3 + field.idSize);
    this.writer.tag(field.tag);
    this.writer.length(digits / 2);
    if (!writeHex(this.reader, this.writer)) this.reader.fail("The id is not written in hexadecimal digits.", offset);
  }

  private readBytes(field: FieldPlan, explicit: boolean): void {
    if (this.reader.peek() !== quote) this.reader.fail("Expected a string in base64.");
    const offset = this.reader.at;
    this.reader.readPlainString();
    const size = base64Size(this.reader);
    if (size < 0) this.reader.fail("The string is not base64: its length is wrong.", offset);
    if (size === 0 && !explicit) return;
    this.writer.ensure(size + 7);
    this.writer.tag(field.tag);
    this.writer.length(size);
    if (!writeBase64(this.reader, this.writer)) this.reader.fail("The string is not base64.", offset);
  }

  private readBool(field: FieldPlan, explicit: boolean): void {
    const value = this.reader.peek() === 0x74;
    if (!value && this.reader.peek() !== 0x66) this.reader.fail("Expected true or false.");
    this.reader.expectWord(value ? "true" : "false");
    if (!value && !explicit) return;
    this.writer.ensure(3);
    this.writer.tag(field.tag);
    this.writer.length(value ? 1 : 0);
  }

  private readEnum(field: FieldPlan, explicit: boolean): void {
    if (this.reader.peek() === quote) {
      const offset = this.reader.at;
      this.reader.readPlainString();
      const value = field.values.get(this.text());
      if (value === undefined) {
        this.reader.fail("Expected the number of an enum value, or a name that it has.", offset);
      }
      this.number.high = 0;
      this.number.low = value;
    } else this.readInteger(field.integer);
    this.writeVarint(field, explicit);
  }

  private readDouble(field: FieldPlan, explicit: boolean): void {
    this.reader.peek();
    const offset = this.reader.at;
    let value: number | undefined;
    if (this.readNumber()) {
      value = this.number.toDouble();
      if (!Number.isFinite(value)) this.reader.fail("The number is too large for a double.", offset);
    } else {
      value = this.reader.at > offset ? namedDoubles.get(this.text()) : undefined;
      if (value === undefined) this.reader.fail('Expected a number, "NaN", "Infinity" or "-Infinity".', offset);
    }
    if (Object.is(value, 0) && !explicit) return;
    this.begin(field, 8);
    this.writer.double(value);
  }

  private readFixed64(field: FieldPlan, explicit: boolean): void {
    this.readInteger(field.integer);
    if (this.number.low === 0 && this.number.high === 0 && !explicit) return;
    this.begin(field, 8);
    this.writer.fixed64(this.number.high, this.number.low);
  }

  private readFixed32(field: FieldPlan, explicit: boolean): void {
    this.readInteger(field.integer);
    if (this.number.low === 0 && !explicit) return;
    this.begin(field, 4);
    this.writer.fixed32(this.number.low);
  }

  private writeVarint(field: FieldPlan, explicit: boolean): void {
    if (this.number.low === 0 && this.number.high === 0 && !explicit) return;
    this.begin(field, 10);
    this.writer.varint(this.number.high, this.number.low);
  }

  /** Makes room and writes the tag, which the elements of a packed field do not have. */
  private begin(field: FieldPlan, size: number): void {
    this.writer.ensure(2 + size);
    if (!field.isPacked) this.writer.tag(field.tag);
  }

  /** Leaves an integer of the range in `number`, whether it is written as a number or as a string. */
  private readInteger({ isSigned, is32, text }: IntegerRange): void {
    this.reader.peek();
    const offset = this.reader.at;
    if (!this.readNumber() || !this.number.toInteger(isSigned) || (is32 && !this.fits32(isSigned))) {
      this.reader.fail(`Expected an integer from ${text}.`, offset);
    }
  }

  private fits32(isSigned: boolean): boolean {
    if (!isSigned) return this.number.high === 0;
    return this.number.low < 0x80000000 ? this.number.high === 0 : this.number.high === 0xffffffff;
  }

  /** Reads the next value if it is a number or a string that holds one and nothing else. */
  private readNumber(): boolean {
    const { bytes } = this.reader;
    if (this.reader.peek() !== quote) {
      const { at } = this.reader;
      this.reader.at = this.number.read(bytes, at, bytes.length);
      return this.reader.at > at;
    }
    const start = this.reader.at + 1;
    const end = this.number.read(bytes, start, bytes.length);
    if (end > start && bytes[end] === quote) {
      this.reader.at = end + 1;
      return true;
    }
    this.reader.readPlainString();
    return (
      this.number.read(this.reader.text, this.reader.start, this.reader.stop) === this.reader.stop &&
      this.reader.stop > this.reader.start
    );
  }

  /** The string read last, when it is short: names of enum values and doubles. */
  private text(): string {
    return this.reader.stop - this.reader.start > 64
      ? ""
      : ascii(this.reader.text, this.reader.start, this.reader.stop);
  }
}
