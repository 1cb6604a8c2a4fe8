import { lengthSize, writeLength } from "../wire/varint.ts";
import type { Labels } from "./labels.ts";

/** Encoded labels lie together in blocks: a buffer of its own costs as much as what is in it. */
const SLAB_BYTES = 65_536;
let slab = Buffer.alloc(0);
let slabUsed = 0;

/** Labels as fields of a `prometheus.TimeSeries` (or an `Exemplar`): field 1, each with its name and value. */
export function encodeLabels(labels: Labels): Uint8Array {
  let size = 0;
  const lengths: number[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = Buffer.byteLength(labels[i] ?? "");
    const value = Buffer.byteLength(labels[i + 1] ?? "");
    const inner = 1 + lengthSize(name) + name + (value === 0 ? 0 : 1 + lengthSize(value) + value);
    lengths.push(inner, name, value);
    size += 1 + lengthSize(inner) + inner;
  }
  const out = roomFor(size);
  let at = 0;
  for (let i = 0, part = 0; i < labels.length; i += 2, part += 3) {
    const value = lengths[part + 2] ?? 0;
    out[at++] = 0x0a;
    at = writeLength(out, at, lengths[part] ?? 0);
    out[at++] = 0x0a;
    at = writeLength(out, at, lengths[part + 1] ?? 0);
    at += out.write(labels[i] ?? "", at);
    if (value > 0) {
      out[at++] = 0x12;
      at = writeLength(out, at, value);
      at += out.write(labels[i + 1] ?? "", at);
    }
  }
  return out;
}

function roomFor(size: number): Buffer {
  if (size > SLAB_BYTES / 8) {
    return Buffer.allocUnsafeSlow(size);
  }
  if (slabUsed + size > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    slabUsed = 0;
  }
  slabUsed += size;
  return slab.subarray(slabUsed - size, slabUsed);
}
