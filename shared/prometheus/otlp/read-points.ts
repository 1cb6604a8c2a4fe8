import type { FieldCursor } from "../../wire/field-cursor.ts";
import type {
  ExponentialBuckets,
  ExponentialPoint,
  HistogramPoint,
  NumberPoint,
  OtlpAttribute,
  OtlpExemplar,
  SummaryPoint,
} from "./otlp-metrics.ts";
import { readAttribute } from "./read-attribute.ts";
import {
  doubleOf,
  fixed64Of,
  inside,
  millisecondsOf,
  pushFixed64,
  pushVarints,
  sfixed64Of,
  sintOf,
  uintOf,
} from "./wire-values.ts";

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

interface Common {
  timeMs: number | undefined;
  isStale: boolean;
  attributes: OtlpAttribute[];
}

/** Reads a `NumberDataPoint`. */
export function readNumberPoint(cursor: FieldCursor): NumberPoint {
  const point: Open<NumberPoint> = { ...common(), value: 0, exemplars: [] };
  while (cursor.next()) {
    switch (cursor.number) {
      case 3:
        point.timeMs = millisecondsOf(cursor);
        break;
      case 4:
        point.value = doubleOf(cursor);
        break;
      case 5:
        point.exemplars.push(readExemplar(inside(cursor)));
        break;
      case 6:
        point.value = sfixed64Of(cursor);
        break;
      case 7:
        point.attributes.push(readAttribute(inside(cursor)));
        break;
      case 8:
        point.isStale = isStale(cursor);
        break;
    }
  }
  return point;
}

/** Reads a `HistogramDataPoint`. */
export function readHistogramPoint(cursor: FieldCursor): HistogramPoint {
  const point: Open<HistogramPoint> = { ...common(), count: 0, sum: undefined, bounds: [], counts: [], exemplars: [] };
  while (cursor.next()) {
    switch (cursor.number) {
      case 3:
        point.timeMs = millisecondsOf(cursor);
        break;
      case 4:
        point.count = fixed64Of(cursor);
        break;
      case 5:
        point.sum = doubleOf(cursor);
        break;
      case 6:
        pushFixed64(cursor, point.counts, "fixed64");
        break;
      case 7:
        pushFixed64(cursor, point.bounds, "double");
        break;
      case 8:
        point.exemplars.push(readExemplar(inside(cursor)));
        break;
      case 9:
        point.attributes.push(readAttribute(inside(cursor)));
        break;
      case 10:
        point.isStale = isStale(cursor);
        break;
    }
  }
  return point;
}

/** Reads an `ExponentialHistogramDataPoint`. */
export function readExponentialPoint(cursor: FieldCursor): ExponentialPoint {
  const point: Open<ExponentialPoint> = {
    ...common(),
    count: 0,
    sum: undefined,
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: { offset: 0, counts: [] },
    negative: { offset: 0, counts: [] },
    exemplars: [],
  };
  while (cursor.next()) {
    switch (cursor.number) {
      case 1:
        point.attributes.push(readAttribute(inside(cursor)));
        break;
      case 3:
        point.timeMs = millisecondsOf(cursor);
        break;
      case 4:
        point.count = fixed64Of(cursor);
        break;
      case 5:
        point.sum = doubleOf(cursor);
        break;
      case 6:
        point.scale = sintOf(cursor);
        break;
      case 7:
        point.zeroCount = fixed64Of(cursor);
        break;
      case 8:
        point.positive = readBuckets(inside(cursor));
        break;
      case 9:
        point.negative = readBuckets(inside(cursor));
        break;
      case 10:
        point.isStale = isStale(cursor);
        break;
      case 11:
        point.exemplars.push(readExemplar(inside(cursor)));
        break;
      case 14:
        point.zeroThreshold = doubleOf(cursor);
        break;
    }
  }
  return point;
}

/** Reads a `SummaryDataPoint`. */
export function readSummaryPoint(cursor: FieldCursor): SummaryPoint {
  const point: Open<SummaryPoint> = { ...common(), count: 0, sum: 0, quantiles: [] };
  while (cursor.next()) {
    switch (cursor.number) {
      case 3:
        point.timeMs = millisecondsOf(cursor);
        break;
      case 4:
        point.count = fixed64Of(cursor);
        break;
      case 5:
        point.sum = doubleOf(cursor);
        break;
      case 6:
        point.quantiles.push(readQuantile(inside(cursor)));
        break;
      case 7:
        point.attributes.push(readAttribute(inside(cursor)));
        break;
      case 8:
        point.isStale = isStale(cursor);
        break;
    }
  }
  return point;
}

function common(): Common {
  return { timeMs: 0, isStale: false, attributes: [] };
}

function isStale(cursor: FieldCursor): boolean {
  return uintOf(cursor) % 2 === 1;
}

function readQuantile(cursor: FieldCursor): readonly [number, number] {
  let quantile = 0;
  let value = 0;
  while (cursor.next()) {
    if (cursor.number === 1) {
      quantile = doubleOf(cursor);
    } else if (cursor.number === 2) {
      value = doubleOf(cursor);
    }
  }
  return [quantile, value];
}

function readBuckets(cursor: FieldCursor): ExponentialBuckets {
  let offset = 0;
  const counts: number[] = [];
  while (cursor.next()) {
    if (cursor.number === 1) {
      offset = sintOf(cursor);
    } else if (cursor.number === 2) {
      pushVarints(cursor, counts);
    }
  }
  return { offset, counts };
}

function readExemplar(cursor: FieldCursor): OtlpExemplar {
  const exemplar = { timeMs: 0, value: 0, traceId: "", spanId: "" };
  while (cursor.next()) {
    switch (cursor.number) {
      case 2:
        exemplar.timeMs = millisecondsOf(cursor) ?? 0;
        break;
      case 3:
        exemplar.value = doubleOf(cursor);
        break;
      case 4:
        exemplar.spanId = hexOf(cursor);
        break;
      case 5:
        exemplar.traceId = hexOf(cursor);
        break;
      case 6:
        exemplar.value = sfixed64Of(cursor);
        break;
    }
  }
  return exemplar;
}

function hexOf(cursor: FieldCursor): string {
  const id = Buffer.from(cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd));
  return id.every((byte) => byte === 0) ? "" : id.toString("hex");
}
