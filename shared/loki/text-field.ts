import { lengthSize, writeLength } from "../wire/varint.ts";

/** A field of protobuf that holds text, or another message: its tag is one byte. */
export interface TextField {
  readonly tag: number;
  readonly text: string;
  /** Bytes of the text. */
  readonly length: number;
}

/** Bytes of a field with a length in front; an empty one is written too. */
export function fieldSize(length: number): number {
  return 1 + lengthSize(length) + length;
}

/** Writes a field of text and returns the offset behind it. */
export function writeText(bytes: Buffer, from: number, { tag, text, length }: TextField): number {
  const at = writeOpening(bytes, from, { tag, length });
  bytes.write(text, at, length);
  return at + length;
}

/** Writes the tag and the length of a field and returns where its content begins. */
export function writeOpening(bytes: Buffer, from: number, { tag, length }: Pick<TextField, "tag" | "length">): number {
  bytes[from] = tag;
  return writeLength(bytes, from + 1, length);
}
