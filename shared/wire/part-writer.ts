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
  const groups: OpenGroup[] = [];
  /** The groups that the current part has opened: `openings[i]` is `groups[i]` in it. */
  let openings: Opening[] = [];
  let pieces: Piece[] = [];
  let items = 0;
  /** Bytes that fit the innermost group for certain: few of many small ranges need an exact sum (bench/split.ts, tiny items). */
  let room = 0;

  /** Whether the current part takes `added` bytes more in the innermost group. */
  function fits(added: number): boolean {
    return added <= room || sizeWith(added, false) <= maxBytes;
  }

  /** Bytes of a new part with `added` bytes in the innermost group. */
  function sizeAlone(added: number): number {
    return sizeWith(added, true);
  }

  function sizeWith(added: number, fresh: boolean): number {
    let size = added;
    for (let level = groups.length - 1; level >= 0; level--) {
      const group = groups[level] as OpenGroup;
      const opening = fresh ? undefined : openings[level];
      size = framed(group, (opening?.size ?? group.header.length) + size);
    }
    return size;
  }

  function add(start: number, end: number, count: number): void {
    for (let level = openings.length; level < groups.length; level++) {
      const group = groups[level] as OpenGroup;
      const opening: Opening = { kind: "open", group, size: group.header.length };
      openings.push(opening);
      pieces.push(opening);
    }
    const last = pieces[pieces.length - 1];
    if (last?.kind === "copy" && last.end === start) last.end = end;
    else pieces.push({ kind: "copy", start, end });
    (openings[openings.length - 1] as Opening).size += end - start;
    items += count;
    if (end - start <= room) room -= end - start;
    else room = maxBytes - sizeWith(0, false) - prefixGrowth * groups.length;
  }

  function enter(group: OpenGroup): void {
    groups.push(group);
    room = 0;
  }

  function leave(): void {
    room = 0;
    if (openings.length === groups.length) closeInnermost();
    groups.pop();
  }

  /** Ends the current part and returns it; the groups stay entered and are opened again by the next part. */
  function finish(): Part {
    while (openings.length > 1) closeInnermost();
    const part = { bytes: assemble(source, pieces), items };
    openings = [];
    pieces = [];
    items = 0;
    room = 0;
    return part;
  }

  function closeInnermost(): void {
    const closed = openings.pop();
    const parent = openings.at(-1);
    if (closed && parent) parent.size += framed(closed.group, closed.size);
  }

  return { fits, sizeAlone, add, enter, leave, finish, isEmpty: () => pieces.length === 0, items: () => items };
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
