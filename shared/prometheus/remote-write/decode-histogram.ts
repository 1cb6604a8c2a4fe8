import { FieldCursor } from "../../wire/field-cursor.ts";
import { varintSize, varintValue } from "../../wire/varint.ts";
import { type BucketSpan, emptyHistogram, type NativeHistogram, type ResetHint } from "../native-histogram.ts";

const pow63 = 2 ** 63;

/** Reads a `prometheus.Histogram` (1.0 and 2.0 have the same fields) and its time in milliseconds. */
export function decodeHistogram(cursor: FieldCursor): { readonly histogram: NativeHistogram; readonly timeMs: number } {
  const histogram = emptyHistogram();
  let timeMs = 0;
  while (cursor.next()) {
    switch (cursor.number) {
      case 1:
        histogram.count = readUint64(cursor);
        break;
      case 2:
        histogram.counts = "float";
        histogram.count = readDouble(cursor);
        break;
      case 3:
        histogram.stale = readIsStale(cursor);
        histogram.sum = readDouble(cursor);
        break;
      case 4:
        histogram.schema = unzigzag(readUint64(cursor));
        break;
      case 5:
        histogram.zeroThreshold = readDouble(cursor);
        break;
      case 6:
        histogram.zeroCount = readUint64(cursor);
        break;
      case 7:
        histogram.counts = "float";
        histogram.zeroCount = readDouble(cursor);
        break;
      case 8:
        histogram.negativeSpans.push(span(cursor));
        break;
      case 9:
        readPackedDeltas(cursor, histogram.negativeBuckets);
        break;
      case 10:
        readPackedDoubles(cursor, histogram.negativeBuckets);
        break;
      case 11:
        histogram.positiveSpans.push(span(cursor));
        break;
      case 12:
        readPackedDeltas(cursor, histogram.positiveBuckets);
        break;
      case 13:
        readPackedDoubles(cursor, histogram.positiveBuckets);
        break;
      case 14:
        histogram.resetHint = (readUint64(cursor) & 3) as ResetHint;
        break;
      case 15:
        timeMs = readInt64(cursor);
        break;
      case 16:
        readPackedDoubles(cursor, histogram.customValues);
        break;
    }
  }
  return { histogram, timeMs };
}

/** Reads the native part of an `io.prometheus.client.Histogram`, which numbers the same fields otherwise. */
export function decodeHistogramFields(cursor: FieldCursor): NativeHistogram {
  const histogram = emptyHistogram();
  while (cursor.next()) {
    switch (cursor.number) {
      case 1:
        histogram.count = histogram.counts === "float" ? histogram.count : readUint64(cursor);
        break;
      case 2:
        histogram.sum = readDouble(cursor);
        break;
      case 4:
        if (readDouble(cursor) > 0) {
          histogram.counts = "float";
          histogram.count = readDouble(cursor);
        }
        break;
      case 5:
        histogram.schema = unzigzag(readUint64(cursor));
        break;
      case 6:
        histogram.zeroThreshold = readDouble(cursor);
        break;
      case 7:
        histogram.zeroCount = readUint64(cursor);
        break;
      case 8:
        histogram.zeroCount = readDouble(cursor) || histogram.zeroCount;
        break;
      case 9:
        histogram.negativeSpans.push(span(cursor));
        break;
      case 10:
        readPackedDeltas(cursor, histogram.negativeBuckets);
        break;
      case 11:
        readPackedDoubles(cursor, histogram.negativeBuckets);
        break;
      case 12:
        histogram.positiveSpans.push(span(cursor));
        break;
      case 13:
        readPackedDeltas(cursor, histogram.positiveBuckets);
        break;
      case 14:
        readPackedDoubles(cursor, histogram.positiveBuckets);
        break;
    }
  }
  return histogram;
}

/** The current field as a double; 0 where it is none. */
export function readDouble(cursor: FieldCursor): number {
  if (cursor.wireType !== 1) {
    return 0;
  }
  return viewOf(cursor).getFloat64(cursor.valueStart, true);
}

/** Whether the current field, a double, is the marker of staleness: its bits are lost when it is read as a number. */
export function readIsStale(cursor: FieldCursor): boolean {
  if (cursor.wireType !== 1) {
    return false;
  }
  const view = viewOf(cursor);
  return view.getUint32(cursor.valueStart, true) === 2 && view.getUint32(cursor.valueStart + 4, true) === 0x7ff00000;
}

/** The current field as a signed integer; 0 where it is none. */
export function readInt64(cursor: FieldCursor): number {
  const value = readUint64(cursor);
  return value < pow63 ? value : Number(BigInt.asIntN(64, exactVarint(cursor)));
}

function readUint64(cursor: FieldCursor): number {
  if (cursor.wireType !== 0) {
    return 0;
  }
  return varintValue(cursor.bytes, cursor.valueStart, cursor.valueEnd - cursor.valueStart);
}

function exactVarint(cursor: FieldCursor): bigint {
  let value = 0n;
  for (let at = cursor.valueEnd - 1; at >= cursor.valueStart; at--) {
    value = value * 128n + BigInt((cursor.bytes[at] ?? 0) & 127);
  }
  return value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function span(cursor: FieldCursor): BucketSpan {
  const inner = new FieldCursor(
    cursor.bytes,
    cursor.valueStart,
    cursor.wireType === 2 ? cursor.valueEnd : cursor.valueStart,
  );
  let offset = 0;
  let length = 0;
  while (inner.next()) {
    if (inner.number === 1) {
      offset = unzigzag(readUint64(inner));
    } else if (inner.number === 2) {
      length = readUint64(inner);
    }
  }
  return { offset, length };
}

function readPackedDeltas(cursor: FieldCursor, into: number[]): void {
  if (cursor.wireType !== 2) {
    into.push(unzigzag(readUint64(cursor)));
    return;
  }
  for (let at = cursor.valueStart; at < cursor.valueEnd; ) {
    const size = varintSize(cursor.bytes, at, cursor.valueEnd);
    if (size === 0) {
      return;
    }
    into.push(unzigzag(varintValue(cursor.bytes, at, size)));
    at += size;
  }
}

function readPackedDoubles(cursor: FieldCursor, into: number[]): void {
  if (cursor.wireType !== 2) {
    into.push(readDouble(cursor));
    return;
  }
  const view = viewOf(cursor);
  for (let at = cursor.valueStart; at + 8 <= cursor.valueEnd; at += 8) {
    into.push(view.getFloat64(at, true));
  }
}

function viewOf({ bytes }: FieldCursor): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
