import { WireWriter } from "../wire/wire-writer.ts";
import { writeBytes, writeTag } from "../wire/write-fields.ts";
import { writeFixed64, writeInt64 } from "./fields.ts";

/** A field of bytes, text or a message, with its tag and length. */
export function bytesField(number: number, value: Uint8Array): Uint8Array {
  const writer = new WireWriter(value.length + 8, Number.POSITIVE_INFINITY);
  writeBytes(writer, number * 8 + 2, value);
  return writer.finish();
}

/** A varint field of the low 64 bits of an integer. */
export function varintField(number: number, value: bigint): Uint8Array {
  return scalarField(number * 8, (writer) => writeInt64(writer, value));
}

/** A field of eight bytes. */
export function fixed64Field(number: number, value: bigint): Uint8Array {
  return scalarField(number * 8 + 1, (writer) => writeFixed64(writer, value));
}

/** A field of four bytes. */
export function fixed32Field(number: number, value: number): Uint8Array {
  return scalarField(number * 8 + 5, (writer) => {
    writer.ensure(4);
    writer.fixed32(value);
  });
}

/** A double field. */
export function doubleField(number: number, value: number): Uint8Array {
  return scalarField(number * 8 + 1, (writer) => {
    writer.ensure(8);
    writer.double(value);
  });
}

function scalarField(tag: number, write: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter(16, Number.POSITIVE_INFINITY);
  writeTag(writer, tag);
  write(writer);
  return writer.finish();
}
