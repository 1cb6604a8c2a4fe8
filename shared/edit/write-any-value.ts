import { WireWriter } from "../wire/wire-writer.ts";
import { writeBytes, writeTag, writeText } from "../wire/write-fields.ts";
import { type AnyValue, ListValue, MapValue } from "./any-value.ts";
import { writeInt64 } from "./fields.ts";
import type { PatchList } from "./patch-list.ts";

/** Deeper values are cut off when they are written: no sender gets that far through `scan`. */
const maxDepth = 256;

/** Adds the changes of attributes to the patches of the message that they stand in, which ends at `end`. */
export function emitMap(map: MapValue, tag: number, { patches, end }: { patches: PatchList; end: number }): void {
  const added: { readonly key: string; readonly value: AnyValue }[] = [];
  map.visit({
    removed: (from, to) => {
      if (from >= 0) patches.cut(from, to);
    },
    changed: (from, to, entry) => {
      if (from >= 0) patches.rewrite(from, to, (writer) => writeEntry(writer, entry, { tag, depth: 0 }));
      else added.push(entry);
    },
  });
  for (const entry of added) patches.rewrite(end, end, (writer) => writeEntry(writer, entry, { tag, depth: 0 }));
}

/** The AnyValue message of a value, without tag and length. */
export function encodeAnyValue(value: AnyValue): Uint8Array {
  const writer = new WireWriter(64, Number.POSITIVE_INFINITY);
  writeAnyValue(writer, value, 0);
  return writer.finish();
}

function writeAnyValue(writer: WireWriter, value: AnyValue, depth: number): void {
  if (value === null) return;
  if (typeof value === "string") writeText(writer, 0x0a, value);
  else if (typeof value === "boolean") {
    writeTag(writer, 0x10);
    writeInt64(writer, value ? 1n : 0n);
  } else if (typeof value === "bigint") {
    writeTag(writer, 0x18);
    writeInt64(writer, value);
  } else if (typeof value === "number") {
    writeTag(writer, 0x21);
    writer.ensure(8);
    writer.double(value);
  } else if (value instanceof Uint8Array) writeBytes(writer, 0x3a, value);
  else writeNested(writer, value, depth + 1);
}

function writeNested(writer: WireWriter, value: ListValue | MapValue, depth: number): void {
  writeTag(writer, value instanceof ListValue ? 0x2a : 0x32);
  const start = writer.open(1);
  if (depth < maxDepth) {
    if (value instanceof MapValue) writeMap(writer, value, { tag: 0x0a, depth });
    else {
      for (const item of value.items) {
        writeTag(writer, 0x0a);
        const itemStart = writer.open(1);
        writeAnyValue(writer, item, depth + 1);
        writer.close(itemStart, 1);
      }
    }
  }
  writer.close(start, 1);
}

function writeMap(writer: WireWriter, map: MapValue, at: { tag: number; depth: number }): void {
  map.visit({
    kept: (content) => writeBytes(writer, at.tag, content),
    changed: (_from, _to, entry) => writeEntry(writer, entry, at),
  });
}

function writeEntry(
  writer: WireWriter,
  { key, value }: { readonly key: string; readonly value: AnyValue },
  { tag, depth }: { tag: number; depth: number },
): void {
  writeTag(writer, tag);
  const start = writer.open(1);
  writeText(writer, 0x0a, key);
  writeTag(writer, 0x12);
  const valueStart = writer.open(1);
  writeAnyValue(writer, value, depth);
  writer.close(valueStart, 1);
  writer.close(start, 1);
}
