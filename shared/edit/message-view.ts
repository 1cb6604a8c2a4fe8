import { type AnyValue, MapValue, readAnyValue } from "./any-value.ts";
import { bytesField } from "./encode-field.ts";
import { FieldWalk, readDouble, readFixed32, readFixed64, readInt64 } from "./fields.ts";
import { findFields } from "./find-fields.ts";
import { PatchList } from "./patch-list.ts";
import { textOf } from "./text.ts";
import { emitMap } from "./write-any-value.ts";

type Edit = Uint8Array | undefined;

const none = new Uint8Array(0);
const walk = new FieldWalk();

/**
 * One message where it stands in a request: its fields by place, read one by one and changed one by one. Loaded again
 * for the next message, so that a request of many items makes no garbage. Unknown fields and fields that nobody
 * changes stay as they are.
 */
export class MessageView {
  isChanged = false;
  /** Whether the message stands in the request; a view of an absent one is empty and can be written to. */
  isPresent = false;
  bytes: Uint8Array = none;
  start = 0;
  end = 0;
  count = 0;
  readonly numbers: number[] = [];
  readonly starts: number[] = [];
  readonly froms: number[] = [];
  readonly ends: number[] = [];
  readonly wireTypes: number[] = [];
  /** By index of the field; what stands there instead, with its tag. */
  private edits: Edit[] = [];
  private added: { number: number; bytes: Uint8Array }[] = [];
  private readonly maps: { readonly number: number; readonly map: MapValue; isLoaded: boolean }[] = [];
  private readonly children: { readonly number: number; readonly view: MessageView; isLoaded: boolean }[] = [];

  /** Begins to view a message; forgets the one before. */
  load(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.isPresent = true;
    this.count = findFields(bytes, { start, end }, this);
    this.forget();
  }

  /** Views a message that is not there. */
  loadAbsent(): void {
    this.bytes = none;
    this.start = 0;
    this.end = 0;
    this.count = 0;
    this.isPresent = false;
    this.forget();
  }

  private forget(): void {
    if (this.isChanged) {
      this.edits = [];
      this.added = [];
      this.isChanged = false;
    }
    for (const each of this.maps) each.isLoaded = false;
    for (const each of this.children) each.isLoaded = false;
  }

  /** Whether the field is there, zero or not. */
  has(number: number): boolean {
    return this.place(number) !== undefined || this.lastAdded(number) !== undefined;
  }

  text(number: number): string {
    const at = this.locate(number, 2);
    return at ? textOf(at.bytes, at.from, at.to) : "";
  }

  /** A copy of the field's bytes; none when it is absent. */
  data(number: number): Uint8Array {
    const at = this.locate(number, 2);
    return at ? at.bytes.slice(at.from, at.to) : none;
  }

  varint(number: number): bigint {
    const at = this.locate(number, 0);
    return at ? readInt64(at.bytes, at.from, at.to) : 0n;
  }

  fixed64(number: number): bigint {
    const at = this.locate(number, 1);
    return at ? readFixed64(at.bytes, at.from) : 0n;
  }

  fixed32(number: number): number {
    const at = this.locate(number, 5);
    return at ? readFixed32(at.bytes, at.from) : 0;
  }

  double(number: number): number {
    const at = this.locate(number, 1);
    return at ? readDouble(at.bytes, at.from) : 0;
  }

  /** An AnyValue; undefined when it is absent. */
  any(number: number): AnyValue | undefined {
    const at = this.locate(number, 2);
    return at && readAnyValue(at.bytes, at.from, at.to);
  }

  /** Every occurrence of a field, in order. */
  occurrences(number: number): Occurrence[] {
    const found: Occurrence[] = [];
    for (let at = 0; at < this.count; at++) {
      if (this.numbers[at] !== number || this.edits[at] === none) continue;
      const edit = this.edits[at];
      if (edit !== undefined) found.push(occurrenceIn(edit));
      else {
        const [from, to] = [this.froms[at] as number, this.ends[at] as number];
        found.push({ bytes: this.bytes, from, to, wireType: this.wireTypes[at] as number });
      }
    }
    for (const each of this.added) if (each.number === number) found.push(occurrenceIn(each.bytes));
    return found;
  }

  /** Puts a field, given with its tag, in place of every occurrence of it. */
  put(number: number, bytes: Uint8Array): void {
    const last = this.place(number);
    this.remove(number);
    this.isChanged = true;
    if (last === undefined) this.added.push({ number, bytes });
    else this.edits[last] = bytes;
  }

  /** Takes away every occurrence of a field. */
  remove(number: number): void {
    for (let at = 0; at < this.count; at++) {
      if (this.numbers[at] !== number) continue;
      this.edits[at] = none;
      this.isChanged = true;
    }
    if (this.added.length > 0) this.added = this.added.filter((each) => each.number !== number);
  }

  /** Adds a field, given with its tag, at the end. */
  add(number: number, bytes: Uint8Array): void {
    this.added.push({ number, bytes });
    this.isChanged = true;
  }

  /** The attributes that stand in the occurrences of a field. */
  map(number: number): MapValue {
    let entry = this.maps.find((each) => each.number === number);
    if (entry === undefined) {
      entry = { number, map: new MapValue(), isLoaded: false };
      this.maps.push(entry);
    }
    if (!entry.isLoaded) {
      const { map } = entry;
      entry.isLoaded = true;
      map.reset(this.bytes);
      for (let at = 0; at < this.count; at++) {
        if (this.numbers[at] === number && this.wireTypes[at] === 2)
          map.addField(this.starts[at] as number, this.froms[at] as number, this.ends[at] as number);
      }
    }
    return entry.map;
  }

  /** A message in this one. One that stands there in several parts is seen whole. */
  child(number: number): MessageView {
    let entry = this.children.find((each) => each.number === number);
    if (entry === undefined) {
      entry = { number, view: new MessageView(), isLoaded: false };
      this.children.push(entry);
    }
    if (!entry.isLoaded) {
      entry.isLoaded = true;
      this.loadChild(number, entry.view);
    }
    return entry.view;
  }

  private loadChild(number: number, view: MessageView): void {
    let found = -1;
    for (let at = 0; at < this.count; at++) {
      if (this.numbers[at] !== number || this.wireTypes[at] !== 2) continue;
      if (found >= 0) {
        const whole = this.concatenated(number);
        view.load(whole, 0, whole.length);
        return;
      }
      found = at;
    }
    if (found < 0) view.loadAbsent();
    else view.load(this.bytes, this.froms[found] as number, this.ends[found] as number);
  }

  /** Every occurrence of a field of bytes, one after the other. */
  private concatenated(number: number): Uint8Array {
    const patches = new PatchList();
    let read = this.start;
    for (let at = 0; at < this.count; at++) {
      if (this.numbers[at] !== number || this.wireTypes[at] !== 2) continue;
      patches.cut(read, this.froms[at] as number);
      read = this.ends[at] as number;
    }
    patches.cut(read, this.end);
    return patches.apply(this.bytes, this.start, this.end);
  }

  /** Whether anything in the message changed, maps and messages in it included. */
  get hasChanges(): boolean {
    if (this.isChanged) return true;
    for (const each of this.maps) if (each.isLoaded && each.map.isChanged) return true;
    for (const each of this.children) if (each.isLoaded && each.view.hasChanges) return true;
    return false;
  }

  /** Adds the changes to the patches of the buffer that the message stands in. */
  emit(patches: PatchList): void {
    if (!this.hasChanges) return;
    for (const { number, view, isLoaded } of this.children)
      if (isLoaded && view.hasChanges) this.put(number, bytesField(number, view.toBytes()));
    for (let at = 0; at < this.count; at++) {
      const edit = this.edits[at];
      if (edit !== undefined) patches.replace(this.starts[at] as number, this.ends[at] as number, edit);
    }
    const { end } = this;
    for (const { number, map, isLoaded } of this.maps)
      if (isLoaded && map.isChanged) emitMap(map, number * 8 + 2, { patches, end });
    for (const { bytes } of this.added) patches.replace(end, end, bytes);
  }

  /** The message with its changes. */
  toBytes(): Uint8Array {
    const patches = new PatchList();
    this.emit(patches);
    return patches.apply(this.bytes, this.start, this.end);
  }

  /** The last occurrence in the source that was not removed. */
  private place(number: number): number | undefined {
    for (let at = this.count - 1; at >= 0; at--) if (this.numbers[at] === number && this.edits[at] !== none) return at;
    return undefined;
  }

  private lastAdded(number: number): Uint8Array | undefined {
    return this.added.findLast((each) => each.number === number)?.bytes;
  }

  private locate(number: number, wireType: number): { bytes: Uint8Array; from: number; to: number } | undefined {
    const at = this.place(number);
    const edit = at === undefined ? this.lastAdded(number) : this.edits[at];
    if (edit !== undefined) {
      walk.begin(edit, 0, edit.length);
      return walk.next() && walk.wireType === wireType ? { bytes: edit, from: walk.from, to: walk.to } : undefined;
    }
    if (at === undefined || this.wireTypes[at] !== wireType) return undefined;
    return { bytes: this.bytes, from: this.froms[at] as number, to: this.ends[at] as number };
  }
}

/** One value of a field: where it stands. */
export interface Occurrence {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly wireType: number;
}

function occurrenceIn(bytes: Uint8Array): Occurrence {
  walk.begin(bytes, 0, bytes.length);
  walk.next();
  return { bytes, from: walk.from, to: walk.to, wireType: walk.wireType };
}
