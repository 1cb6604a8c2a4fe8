/** Encoded labels lie together in blocks: a buffer of its own costs as much as what is in it. */
export interface LabelBlock {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** Labels as fields of a `prometheus.TimeSeries`: `block` from `start` to `end`. */
export interface EncodedLabels {
  readonly block: LabelBlock;
  readonly start: number;
  readonly end: number;
}

const blockBytes = 65_536;
let current = newBlock(0);
let used = 0;

/** A block with room for `size` bytes at `start`: what is written there counts once `commitLabels` is called. */
export function roomForLabels(size: number): { readonly block: LabelBlock; readonly start: number } {
  if (size > blockBytes / 8) {
    return { block: newBlock(size), start: 0 };
  }
  if (used + size > current.bytes.length) {
    current = newBlock(blockBytes);
    used = 0;
  }
  return { block: current, start: used };
}

/** Keeps what was written into the room that was given last, up to `end`. */
export function commitLabels({ block, end }: EncodedLabels): void {
  if (block === current) {
    used = end;
  }
}

/** Whether two sets of labels are the same. */
export function sameLabels(a: EncodedLabels, b: EncodedLabels): boolean {
  const length = a.end - a.start;
  if (length !== b.end - b.start) {
    return false;
  }
  const { view: left } = a.block;
  const { view: right } = b.block;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    if (left.getInt32(a.start + at) !== right.getInt32(b.start + at)) {
      return false;
    }
  }
  for (; at < length; at++) {
    if (left.getUint8(a.start + at) !== right.getUint8(b.start + at)) {
      return false;
    }
  }
  return true;
}

/** 31 bits over the bytes. */
export function hashLabels({ block: { view }, start, end }: EncodedLabels): number {
  return hashBytes(view, start, end);
}

/** 31 bits over some bytes, four at a time. */
export function hashBytes(view: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) {
    hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 1;
}

/** Copies bytes, four at a time, for which there must be room: a view for `set` costs more (bench/exposition.ts). Returns their end. */
export function copyBytes(
  { view, start, end }: { readonly view: DataView; readonly start: number; readonly end: number },
  to: DataView,
  at: number,
): number {
  let from = start;
  let next = at;
  for (; from + 4 <= end; from += 4, next += 4) {
    to.setInt32(next, view.getInt32(from, true), true);
  }
  for (; from < end; from++, next++) {
    to.setUint8(next, view.getUint8(from));
  }
  return next;
}

function newBlock(size: number): LabelBlock {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}
