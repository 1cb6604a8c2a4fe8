import type { WireWriter } from "../../wire/wire-writer.ts";
import type { BucketSpan, NativeHistogram } from "../native-histogram.ts";
import { type SampleBatch, sampleKind } from "../sample.ts";

/** Upper half of the bits of a NaN, of the marker of staleness too; the lower halves are 1 and 2. */
const nanHigh = 0x7ff80000;
const staleHigh = 0x7ff00000;
const pow32 = 2 ** 32;

/** Size of a `prometheus.Sample`: value and time, where they are not zero. */
export function sizeOfSample(batch: SampleBatch, row: number): number {
  const isZero = batch.kinds[row] === sampleKind.value && Object.is(batch.values[row], 0);
  const time = batch.timesMs[row] ?? 0;
  return (isZero ? 0 : 9) + (time === 0 ? 0 : 1 + timeSize(time));
}

/** Writes the fields of a sample. Needs room for 20. */
export function writeSample(out: WireWriter, batch: SampleBatch, row: number): void {
  const value = batch.values[row] ?? 0;
  if (batch.kinds[row] === sampleKind.stale) {
    out.tag(0x09);
    out.fixed64(staleHigh, 2);
  } else if (Number.isNaN(value)) {
    out.tag(0x09);
    out.fixed64(nanHigh, 1);
  } else if (!Object.is(value, 0)) {
    out.tag(0x09);
    out.double(value);
  }
  writeTime(out, 0x10, batch.timesMs[row] ?? 0);
}

/** Writes a time in milliseconds, where it is not zero. Needs room for 12. */
export function writeTime(out: WireWriter, tag: number, timeMs: number): void {
  if (timeMs === 0) {
    return;
  }
  out.tag(tag);
  writeInt64(out, timeMs);
}

/** Writes the fields of a `prometheus.Histogram`. */
export function writeHistogram(out: WireWriter, histogram: NativeHistogram, timeMs: number): void {
  const isInteger = histogram.counts === "integer";
  out.ensure(80);
  if (isInteger) {
    out.tag(0x08);
    writeUint(out, histogram.count);
  } else {
    writeDouble(out, 0x11, histogram.count, true);
  }
  if (histogram.stale) {
    out.tag(0x19);
    out.fixed64(staleHigh, 2);
  } else {
    writeDouble(out, 0x19, histogram.sum, false);
  }
  if (histogram.schema !== 0) {
    out.tag(0x20);
    writeUint(out, zigzag(histogram.schema));
  }
  writeDouble(out, 0x29, histogram.zeroThreshold, false);
  if (isInteger) {
    out.tag(0x30);
    writeUint(out, histogram.zeroCount);
  } else {
    writeDouble(out, 0x39, histogram.zeroCount, true);
  }
  writeSpans(out, 0x42, histogram.negativeSpans);
  writeBuckets(out, isInteger ? 0x4a : 0x52, histogram.negativeBuckets);
  writeSpans(out, 0x5a, histogram.positiveSpans);
  writeBuckets(out, isInteger ? 0x62 : 0x6a, histogram.positiveBuckets);
  out.ensure(40);
  if (histogram.resetHint !== 0) {
    out.tag(0x70);
    out.length(histogram.resetHint);
  }
  writeTime(out, 0x78, timeMs);
  if (histogram.customValues.length > 0) {
    out.ensure(16 + histogram.customValues.length * 8);
    out.tag(130);
    out.length(histogram.customValues.length * 8);
    for (const bound of histogram.customValues) {
      out.double(bound);
    }
  }
}

function writeSpans(out: WireWriter, tag: number, spans: readonly BucketSpan[]): void {
  for (const { offset, length } of spans) {
    out.ensure(24);
    out.tag(tag);
    const start = out.open(1);
    if (offset !== 0) {
      out.tag(0x08);
      writeUint(out, zigzag(offset));
    }
    if (length !== 0) {
      out.tag(0x10);
      writeUint(out, length);
    }
    out.close(start, 1);
  }
}

/** Tags 0x4a and 0x62 are deltas (sint64), 0x52 and 0x6a doubles; both are packed. */
function writeBuckets(out: WireWriter, tag: number, buckets: readonly number[]): void {
  if (buckets.length === 0) {
    return;
  }
  out.ensure(16 + buckets.length * 10);
  out.tag(tag);
  const isDelta = tag === 0x4a || tag === 0x62;
  const start = out.open(2);
  for (const bucket of buckets) {
    if (isDelta) {
      writeUint(out, zigzag(bucket));
    } else {
      out.double(bucket);
    }
  }
  out.close(start, 2);
}

function writeDouble(out: WireWriter, tag: number, value: number, always: boolean): void {
  if (Number.isNaN(value)) {
    out.tag(tag);
    out.fixed64(nanHigh, 1);
  } else if (always || !Object.is(value, 0)) {
    out.tag(tag);
    out.double(value);
  }
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function writeUint(out: WireWriter, value: number): void {
  out.varint(Math.floor(value / pow32), value >>> 0);
}

function writeInt64(out: WireWriter, value: number): void {
  if (value >= 0) {
    writeUint(out, value);
    return;
  }
  const bits = BigInt.asUintN(64, BigInt(Math.trunc(value)));
  out.varint(Number(bits >> 32n), Number(bits & 0xffffffffn));
}

function timeSize(timeMs: number): number {
  if (timeMs < 0) {
    return 10;
  }
  // What times of our age take: 42 bits or fewer, more than 35.
  if (timeMs >= 2 ** 35 && timeMs < 2 ** 42) {
    return 6;
  }
  let size = 1;
  for (let rest = timeMs; rest >= 128; rest = Math.floor(rest / 128)) {
    size++;
  }
  return size;
}
