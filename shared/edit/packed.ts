import { WireWriter } from "../wire/wire-writer.ts";
import { readDouble, readFixed64, readInt64, writeFixed64, writeInt64 } from "./fields.ts";
import type { MessageView } from "./message-view.ts";

/** How the numbers of a repeated field stand on the wire. */
export type PackedKind = "fixed64" | "double" | "varint";

/** The numbers of a repeated field, packed or not; ints as bigint. */
export function readPacked(view: MessageView, number: number, kind: PackedKind): (bigint | number)[] {
  const numbers: (bigint | number)[] = [];
  for (const { bytes, from, to, wireType } of view.occurrences(number)) {
    if (kind === "varint") {
      let start = from;
      for (let at = from; at < to; at++) {
        if ((bytes[at] as number) >= 128) continue;
        numbers.push(readInt64(bytes, start, at + 1));
        start = at + 1;
      }
    } else if (wireType === 1 || wireType === 2) {
      for (let at = from; at + 8 <= to; at += 8)
        numbers.push(kind === "double" ? readDouble(bytes, at) : BigInt.asIntN(64, readFixed64(bytes, at)));
    }
  }
  return numbers;
}

/** The content of a packed field. */
export function packNumbers(numbers: readonly (bigint | number)[], kind: PackedKind): Uint8Array {
  const writer = new WireWriter(numbers.length * 8 + 8, Number.POSITIVE_INFINITY);
  for (const number of numbers) {
    if (kind === "double") {
      writer.ensure(8);
      writer.double(Number(number));
    } else if (kind === "varint") writeInt64(writer, BigInt(number));
    else writeFixed64(writer, BigInt(number));
  }
  return writer.finish();
}
