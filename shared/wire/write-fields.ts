import { lengthSize } from "./varint.ts";
import type { WireWriter } from "./wire-writer.ts";

const encoder = new TextEncoder();

/** Writes a tag; field numbers up to 2047. */
export function writeTag(writer: WireWriter, tag: number): void {
  writer.ensure(2);
  writer.tag(tag);
}

/** Writes bytes with their tag and length. */
export function writeBytes(writer: WireWriter, tag: number, bytes: Uint8Array): void {
  writer.ensure(bytes.length + 7);
  writer.tag(tag);
  writer.length(bytes.length);
  writer.bytes.set(bytes, writer.at);
  writer.at += bytes.length;
}

/** Up to here a loop over ASCII beats the encoder's call and its garbage (bench/processors.ts, attributes). */
const shortText = 64;

/** Writes text with its tag and length. */
export function writeText(writer: WireWriter, tag: number, text: string): void {
  const { length } = text;
  if (length > shortText) {
    writeLongText(writer, tag, text);
    return;
  }
  writer.ensure(length + 4);
  const start = writer.at;
  writer.tag(tag);
  const { bytes } = writer;
  let at = writer.at;
  bytes[at++] = length;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 128) {
      writer.at = start;
      writeBytes(writer, tag, encoder.encode(text));
      return;
    }
    bytes[at++] = unit;
  }
  writer.at = at;
}

/** Straight into the writer's buffer, behind room for the length that text of one byte a character has. */
function writeLongText(writer: WireWriter, tag: number, text: string): void {
  writer.ensure(text.length * 3 + 12);
  writer.tag(tag);
  const room = lengthSize(text.length);
  const start = writer.open(room);
  writer.at += encoder.encodeInto(text, writer.bytes.subarray(start)).written;
  writer.close(start, room);
}
