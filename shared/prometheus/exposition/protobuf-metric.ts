import { FieldCursor } from "../../wire/field-cursor.ts";
import type { NativeHistogram } from "../native-histogram.ts";
import { decodeHistogramFields, readDouble, readInt64 } from "../remote-write/decode-histogram.ts";
import type { Exemplar } from "../sample.ts";

/** A bucket of a classic histogram: how many were at or below its bound. */
interface ClientBucket {
  readonly count: number;
  readonly bound: number;
  readonly exemplar: Exemplar | undefined;
}

/** `io.prometheus.client.Histogram`. */
export interface ClientHistogram {
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly ClientBucket[];
  /** Undefined where there are only classic buckets. */
  readonly native: NativeHistogram | undefined;
  readonly exemplars: readonly Exemplar[];
}

/** `io.prometheus.client.Metric`; `timeMs` is NaN where it has no time. */
export interface ClientMetric {
  readonly labels: readonly (readonly [string, string])[];
  readonly timeMs: number;
  /** Of a counter, a gauge or what has no type. */
  readonly value: number | undefined;
  readonly exemplar: Exemplar | undefined;
  readonly summary:
    | { readonly count: number; readonly sum: number; readonly quantiles: readonly (readonly [number, number])[] }
    | undefined;
  readonly histogram: ClientHistogram | undefined;
}

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the metric that the current field is. Throws a `TypeError` for text that is not UTF-8. */
export function readClientMetric(outer: FieldCursor): ClientMetric {
  const metric: Open<ClientMetric> = {
    labels: [],
    timeMs: Number.NaN,
    value: undefined,
    exemplar: undefined,
    summary: undefined,
    histogram: undefined,
  };
  const cursor = inside(outer);
  while (cursor.next()) {
    switch (cursor.number) {
      case 1:
        metric.labels.push(readLabel(inside(cursor)));
        break;
      case 2:
      case 3:
      case 5: {
        const { value, exemplar } = readValue(inside(cursor));
        metric.value = value;
        metric.exemplar = exemplar;
        break;
      }
      case 4:
        metric.summary = readSummary(inside(cursor));
        break;
      case 6:
        metric.timeMs = readInt64(cursor);
        break;
      case 7:
        metric.histogram = readHistogram(cursor);
        break;
    }
  }
  return metric;
}

function readValue(cursor: FieldCursor): { readonly value: number; readonly exemplar: Exemplar | undefined } {
  let value = 0;
  let exemplar: Exemplar | undefined;
  while (cursor.next()) {
    if (cursor.number === 1) {
      value = readDouble(cursor);
    } else if (cursor.number === 2) {
      exemplar = readExemplar(inside(cursor));
    }
  }
  return { value, exemplar };
}

function readSummary(cursor: FieldCursor): NonNullable<ClientMetric["summary"]> {
  let count = 0;
  let sum = 0;
  const quantiles: (readonly [number, number])[] = [];
  while (cursor.next()) {
    if (cursor.number === 1) {
      count = readInt64(cursor);
    } else if (cursor.number === 2) {
      sum = readDouble(cursor);
    } else if (cursor.number === 3) {
      const { first, second } = readPair(inside(cursor));
      quantiles.push([first, second]);
    }
  }
  return { count, sum, quantiles };
}

function readHistogram(outer: FieldCursor): ClientHistogram {
  let count = 0;
  let sum = 0;
  const buckets: ClientBucket[] = [];
  const exemplars: Exemplar[] = [];
  const cursor = inside(outer);
  while (cursor.next()) {
    switch (cursor.number) {
      case 1:
        count = readInt64(cursor);
        break;
      case 2:
        sum = readDouble(cursor);
        break;
      case 3:
        buckets.push(readBucket(inside(cursor)));
        break;
      case 4:
        count = readDouble(cursor) || count;
        break;
      case 16:
        exemplars.push(readExemplar(inside(cursor)));
        break;
    }
  }
  const native = decodeHistogramFields(inside(outer));
  const isNative =
    native.zeroThreshold > 0 ||
    native.zeroCount > 0 ||
    native.positiveSpans.length > 0 ||
    native.negativeSpans.length > 0;
  return { count, sum, buckets, exemplars, native: isNative ? native : undefined };
}

function readBucket(cursor: FieldCursor): ClientBucket {
  let count = 0;
  let bound = 0;
  let exemplar: Exemplar | undefined;
  while (cursor.next()) {
    if (cursor.number === 1) {
      count = readInt64(cursor);
    } else if (cursor.number === 2) {
      bound = readDouble(cursor);
    } else if (cursor.number === 3) {
      exemplar = readExemplar(inside(cursor));
    } else if (cursor.number === 4) {
      count = readDouble(cursor) || count;
    }
  }
  return { count, bound, exemplar };
}

function readExemplar(cursor: FieldCursor): Exemplar {
  const labels: string[] = [];
  let value = 0;
  let timeMs: number | undefined;
  while (cursor.next()) {
    if (cursor.number === 1) {
      labels.push(...readLabel(inside(cursor)));
    } else if (cursor.number === 2) {
      value = readDouble(cursor);
    } else if (cursor.number === 3) {
      const time = inside(cursor);
      let seconds = 0;
      let nanos = 0;
      while (time.next()) {
        seconds = time.number === 1 ? readInt64(time) : seconds;
        nanos = time.number === 2 ? readInt64(time) : nanos;
      }
      timeMs = seconds * 1_000 + Math.floor(nanos / 1_000_000);
    }
  }
  return { labels, value, timeMs };
}

function readPair(cursor: FieldCursor): { readonly first: number; readonly second: number } {
  let first = 0;
  let second = 0;
  while (cursor.next()) {
    first = cursor.number === 1 ? readDouble(cursor) : first;
    second = cursor.number === 2 ? readDouble(cursor) : second;
  }
  return { first, second };
}

function readLabel(cursor: FieldCursor): readonly [string, string] {
  let name = "";
  let value = "";
  while (cursor.next()) {
    const text = utf8.decode(cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd));
    name = cursor.number === 1 ? text : name;
    value = cursor.number === 2 ? text : value;
  }
  return [name, value];
}

function inside(cursor: FieldCursor): FieldCursor {
  return new FieldCursor(cursor.bytes, cursor.valueStart, cursor.wireType === 2 ? cursor.valueEnd : cursor.valueStart);
}
