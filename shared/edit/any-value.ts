import { FieldWalk, readDouble, readInt64 } from "./fields.ts";
import { hasKey, keyText, type MapEntry, valueRange } from "./map-entry.ts";
import { textOf, utf8 } from "./text.ts";

/** An AnyValue of OTLP: int64 as bigint, double as number, an empty value as null. */
export type AnyValue = null | string | bigint | number | boolean | Uint8Array | MapValue | ListValue;

/** A key with its bytes: for a literal they are made once. */
export interface MapKey {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** A list of values; it may belong to the request: copy it before changing it. */
export class ListValue {
  readonly items: AnyValue[];

  constructor(items: AnyValue[]) {
    this.items = items;
  }
}

type Entry = MapEntry<AnyValue>;

/**
 * Attributes, or a map inside of a value: a list of KeyValue that is read where it stands and decoded entry by entry.
 * Entries that nobody changes are copied byte for byte. Of equal keys the first counts.
 */
export class MapValue {
  isChanged = false;
  private bytes: Uint8Array = none;
  private readonly entries: Entry[] = [];
  private used = 0;

  /** Forgets everything and begins to read from `bytes`. */
  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.used = 0;
    this.isChanged = false;
  }

  /** Adds a KeyValue that stands at `from` to `to`; its tag at `fieldFrom`. */
  addField(fieldFrom: number, from: number, to: number): void {
    const entry = this.entries[this.used];
    if (entry === undefined) {
      this.entries.push({
        fieldFrom,
        from,
        to,
        keyFrom: -1,
        keyTo: 0,
        key: undefined,
        value: undefined,
        state: "kept",
      });
    } else {
      entry.fieldFrom = fieldFrom;
      entry.from = from;
      entry.to = to;
      entry.keyFrom = -1;
      entry.key = undefined;
      entry.value = undefined;
      entry.state = "kept";
    }
    this.used++;
  }

  get size(): number {
    let size = 0;
    for (let at = 0; at < this.used; at++) if ((this.entries[at] as Entry).state !== "removed") size++;
    return size;
  }

  get(key: MapKey): AnyValue | undefined {
    const entry = this.find(key);
    return entry && this.valueOf(entry);
  }

  has(key: MapKey): boolean {
    return this.find(key) !== undefined;
  }

  set(key: MapKey, value: AnyValue): void {
    const entry = this.find(key);
    this.isChanged = true;
    if (entry) {
      this.keyOf(entry);
      entry.value = value;
      entry.state = "changed";
    } else this.append(key.text, value);
  }

  delete(key: MapKey): boolean {
    const entry = this.find(key);
    if (!entry) return false;
    entry.state = "removed";
    this.isChanged = true;
    return true;
  }

  clear(): void {
    for (let at = 0; at < this.used; at++) (this.entries[at] as Entry).state = "removed";
    this.isChanged = true;
  }

  /** Calls back for every entry; what is returned is done to it: undefined leaves it, "remove" takes it away. */
  edit(change: (key: string, value: () => AnyValue) => MapEdit | undefined): void {
    const count = this.used;
    for (let at = 0; at < count; at++) {
      const entry = this.entries[at] as Entry;
      if (entry.state === "removed") continue;
      const edit = change(this.keyOf(entry), () => this.valueOf(entry));
      if (edit === undefined) continue;
      this.isChanged = true;
      if (edit === "remove") entry.state = "removed";
      else {
        entry.value = edit.value;
        entry.state = "changed";
      }
    }
  }

  keys(): string[] {
    const keys: string[] = [];
    for (let at = 0; at < this.used; at++) {
      const entry = this.entries[at] as Entry;
      if (entry.state !== "removed") keys.push(this.keyOf(entry));
    }
    return keys;
  }

  /** The entries in order, decoded. */
  pairs(): [string, AnyValue][] {
    const pairs: [string, AnyValue][] = [];
    for (let at = 0; at < this.used; at++) {
      const entry = this.entries[at] as Entry;
      if (entry.state !== "removed") pairs.push([this.keyOf(entry), this.valueOf(entry)]);
    }
    return pairs;
  }

  append(key: string, value: AnyValue): void {
    this.addField(-1, -1, -1);
    const entry = this.entries[this.used - 1] as Entry;
    entry.key = key;
    entry.value = value;
    entry.state = "changed";
    this.isChanged = true;
  }

  /**
   * Calls back for every entry as it is to be written: where it stands in `bytes` (-1 when it does not), and its key and
   * value when it was changed; neither when it was removed.
   */
  visit(on: MapVisitor): void {
    for (let at = 0; at < this.used; at++) {
      const entry = this.entries[at] as Entry;
      if (entry.state === "kept") on.kept?.(this.bytes.subarray(entry.from, entry.to));
      else if (entry.state === "removed") on.removed?.(entry.fieldFrom, entry.to);
      else on.changed(entry.fieldFrom, entry.to, { key: this.keyOf(entry), value: this.valueOf(entry) });
    }
  }

  private find(key: MapKey): Entry | undefined {
    for (let at = 0; at < this.used; at++) {
      const entry = this.entries[at] as Entry;
      if (entry.state === "removed") continue;
      if (entry.key !== undefined ? entry.key === key.text : hasKey(this.bytes, entry, key.bytes)) return entry;
    }
    return undefined;
  }

  private keyOf(entry: Entry): string {
    if (entry.key !== undefined) return entry.key;
    entry.key = keyText(this.bytes, entry);
    return entry.key;
  }

  private valueOf(entry: Entry): AnyValue {
    if (entry.value !== undefined) return entry.value;
    const { from, to } = valueRange(this.bytes, entry);
    entry.value = readAnyValue(this.bytes, from, to);
    return entry.value;
  }
}

/** What `MapValue.edit` does to an entry. */
export type MapEdit = "remove" | { readonly value: AnyValue };

/** What `MapValue.visit` calls: `from` is -1 for what does not stand in the source. */
export interface MapVisitor {
  kept?(content: Uint8Array): void;
  removed?(from: number, to: number): void;
  changed(from: number, to: number, entry: { readonly key: string; readonly value: AnyValue }): void;
}

const none = new Uint8Array(0);

/** The value that stands at a range; of several members the last counts. Unknown ones are empty. */
export function readAnyValue(bytes: Uint8Array, from: number, to: number): AnyValue {
  // The usual one: a short string and nothing else (bench/processors.ts, attributes).
  if (bytes[from] === 0x0a && (bytes[from + 1] as number) < 128 && from + 2 + (bytes[from + 1] as number) === to)
    return textOf(bytes, from + 2, to);
  const walk = new FieldWalk();
  let value: AnyValue = null;
  walk.begin(bytes, from, to);
  while (walk.next()) {
    const { number, wireType } = walk;
    if (number === 1 && wireType === 2) value = textOf(bytes, walk.from, walk.to);
    else if (number === 2 && wireType === 0) value = readInt64(bytes, walk.from, walk.to) !== 0n;
    else if (number === 3 && wireType === 0) value = readInt64(bytes, walk.from, walk.to);
    else if (number === 4 && wireType === 1) value = readDouble(bytes, walk.from);
    else if (number === 5 && wireType === 2) value = readList(bytes, walk.from, walk.to);
    else if (number === 6 && wireType === 2) value = readMap(bytes, walk.from, walk.to);
    else if (number === 7 && wireType === 2) value = bytes.slice(walk.from, walk.to);
    else if (number === 8) value = null;
  }
  return value;
}

function readList(bytes: Uint8Array, from: number, to: number): ListValue {
  const items: AnyValue[] = [];
  const walk = new FieldWalk();
  walk.begin(bytes, from, to);
  while (walk.next()) if (walk.number === 1 && walk.wireType === 2) items.push(readAnyValue(bytes, walk.from, walk.to));
  return new ListValue(items);
}

function readMap(bytes: Uint8Array, from: number, to: number): MapValue {
  const map = new MapValue();
  map.reset(bytes);
  const walk = new FieldWalk();
  walk.begin(bytes, from, to);
  while (walk.next()) if (walk.number === 1 && walk.wireType === 2) map.addField(walk.start, walk.from, walk.to);
  return map;
}

/** A map of entries. */
export function mapOf(pairs: Iterable<readonly [string, AnyValue]>): MapValue {
  const map = new MapValue();
  for (const [key, value] of pairs) map.append(key, value);
  return map;
}

/** A key with its bytes. */
export function keyOf(text: string): MapKey {
  return { text, bytes: utf8(text) };
}

/** A copy that shares nothing that can change. */
export function copyValue(value: AnyValue): AnyValue {
  if (value instanceof MapValue) return mapOf(value.pairs().map(([key, each]) => [key, copyValue(each)] as const));
  if (value instanceof ListValue) return new ListValue(value.items.map(copyValue));
  return value;
}
