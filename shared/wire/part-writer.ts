import { copyRange } from "./copy-range.ts";
import { lengthSize, writeLength } from "./varint.ts";

/** A group that is being cut: what each part that holds some of it begins with. */
export interface OpenGroup {
  /** The tag of the field that holds the group; none for the request itself. */
  readonly tag: Uint8Array;
  readonly header: Uint8Array;
}

/** One valid request made of pieces of another. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly items: number;
}

type Piece = { kind: "copy"; start: number; end: number } | { kind: "open"; group: OpenGroup; size: number };
type Opening = Extract<Piece, { kind: "open" }>;

/** How much the length prefix of a group can grow while it fills: a length has at most 32 bits. */
const prefixGrowth = 4;

/**
 * Builds parts out of ranges of `source`. Groups are entered and left as the source is walked; a part writes a group's
 * header when it gets its first range below it. Sizes are exact, with every length prefix.
 */
export function createPartWriter(source: Uint8Array, maxBytes: number) {
  return new PartWriter(source, maxBytes);
}

class PartWriter {
  private readonly source: Uint8Array;
  private readonly maxBytes: number;
  private readonly groups: OpenGroup[] = [];
  /** The groups that the current part has opened: `openings[i]` is `groups[i]` in it. */
  private openings: Opening[] = [];
  private pieces: Piece[] = [];
  /** Items of the current part. */
  items = 0;
  /** Bytes that fit the innermost group for certain: few of many small ranges need an exact sum (bench/split.ts, tiny items). */
  private room = 0;

  constructor(source: Uint8Array, maxBytes: number) {
    this.source = source;
    this.maxBytes = maxBytes;
  }

  isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  /** Whether the current part takes `added` bytes more in the innermost group. */
  fits(added: number): boolean {
    return added <= this.room || this.sizeWith(added, false) <= this.maxBytes;
  }

  /** Bytes of a new part with `added` bytes in the innermost group. */
  sizeAlone(added: number): number {
    return this.sizeWith(added, true);
  }

  private sizeWith(added: number, fresh: boolean): number {
    let size = added;
    for (let level = this.groups.length - 1; level >= 0; level--) {
      const group = this.groups[level] as OpenGroup;
      const opening = fresh ? undefined : this.openings[level];
      size = framed(group, (opening?.size ?? group.header.length) + size);
    }
    return size;
  }

  add(start: number, end: number, count: number): void {
    for (let level = this.openings.length; level < this.groups.length; level++) {
      const group = this.groups[level] as OpenGroup;
      const opening: Opening = { kind: "open", group, size: group.header.length };
      this.openings.push(opening);
      this.pieces.push(opening);
    }
    const last = this.pieces[this.pieces.length - 1];
    if (last?.kind === "copy" && last.end === start) last.end = end;
    else this.pieces.push({ kind: "copy", start, end });
    (this.openings[this.openings.length - 1] as Opening).size += end - start;
    this.items += count;
    if (end - start <= this.room) this.room -= end - start;
    else this.room = this.maxBytes - this.sizeWith(0, false) - prefixGrowth * this.groups.length;
  }

  enter(group: OpenGroup): void {
    this.groups.push(group);
    this.room = 0;
  }

  leave(): void {
    this.room = 0;
    if (this.openings.length === this.groups.length) this.closeInnermost();
    this.groups.pop();
  }

  /** Ends the current part and returns it; the groups stay entered and are opened again by the next part. */
  finish(): Part {
    while (this.openings.length > 1) this.closeInnermost();
    const part = { bytes: assemble(this.source, this.pieces), items: this.items };
    this.openings = [];
    this.pieces = [];
    this.items = 0;
    this.room = 0;
    return part;
  }

  private closeInnermost(): void {
    const closed = this.openings.pop();
    const parent = this.openings.at(-1);
    if (closed && parent) parent.size += framed(closed.group, closed.size);
  }
}

/** Size of a group with its tag and length; the request itself has neither. */
function framed(group: OpenGroup, content: number): number {
  return group.tag.length === 0 ? content : group.tag.length + lengthSize(content) + content;
}

function assemble(source: Uint8Array, pieces: readonly Piece[]): Uint8Array {
  const [request] = pieces;
  const bytes = new Uint8Array(request?.kind === "open" ? request.size : 0);
  let pos = 0;
  for (const piece of pieces) {
    if (piece.kind === "copy") {
      pos = copyRange(source, piece, { to: bytes, pos });
    } else {
      const { tag, header } = piece.group;
      bytes.set(tag, pos);
      if (tag.length > 0) pos = writeLength(bytes, pos + tag.length, piece.size);
      bytes.set(header, pos);
      pos += header.length;
    }
  }
  return bytes;
}
