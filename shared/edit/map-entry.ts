import { FieldWalk } from "./fields.ts";
import { equalRange, textOf } from "./text.ts";

/** Where a KeyValue stands. */
interface Place {
  /** The range of the KeyValue in `bytes` with and without its tag and length; -1 when it does not stand there. */
  fieldFrom: number;
  from: number;
  to: number;
  keyFrom: number;
  keyTo: number;
}

/** A KeyValue of a map, with what has been read of it. */
export interface MapEntry<Value> extends Place {
  key: string | undefined;
  value: Value | undefined;
  state: "kept" | "changed" | "removed";
}

const keyWalk = new FieldWalk();

/** Whether the key of an entry is these bytes. */
export function hasKey(bytes: Uint8Array, entry: Place, key: Uint8Array): boolean {
  if (entry.keyFrom < 0) findKey(bytes, entry);
  if (entry.keyTo - entry.keyFrom !== key.length) return false;
  return equalRange(bytes, { from: entry.keyFrom, to: entry.keyTo }, key);
}

/** The key of an entry. */
export function keyText(bytes: Uint8Array, entry: Place): string {
  if (entry.keyFrom < 0) findKey(bytes, entry);
  return textOf(bytes, entry.keyFrom, entry.keyTo);
}

/** Where the value of an entry stands; empty where it has none. */
export function valueRange(bytes: Uint8Array, entry: Place): { readonly from: number; readonly to: number } {
  let [from, to] = [0, 0];
  keyWalk.begin(bytes, entry.from, entry.to);
  while (keyWalk.next()) {
    if (keyWalk.number !== 2 || keyWalk.wireType !== 2) continue;
    ({ from, to } = keyWalk);
  }
  return { from, to };
}

function findKey(bytes: Uint8Array, entry: Place): void {
  const { from, to } = entry;
  // The usual KeyValue: a short key, then the value, and nothing else (bench/processors.ts, attributes).
  const length = bytes[from + 1] as number;
  const next = from + 2 + length;
  entry.keyFrom = from;
  entry.keyTo = from;
  if (
    bytes[from] === 0x0a &&
    length < 128 &&
    next + 2 <= to &&
    bytes[next] === 0x12 &&
    bytes[next + 1] === to - next - 2
  ) {
    entry.keyFrom = from + 2;
    entry.keyTo = next;
    return;
  }
  keyWalk.begin(bytes, from, to);
  while (keyWalk.next()) {
    if (keyWalk.number !== 1 || keyWalk.wireType !== 2) continue;
    entry.keyFrom = keyWalk.from;
    entry.keyTo = keyWalk.to;
  }
}
