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

/** What reads a field into a point, by the number of the field; others are passed over. */
type Fields<Point> = Readonly<Record<number, (point: Point, cursor: FieldCursor) => void>>;

const time = (point: { timeMs: number | undefined }, cursor: FieldCursor) => {
  point.timeMs = millisecondsOf(cursor);
};
const flags = (point: { isStale: boolean }, cursor: FieldCursor) => {
  point.isStale = uintOf(cursor) % 2 === 1;
};
const attribute = (point: { attributes: OtlpAttribute[] }, cursor: FieldCursor) => {
  point.attributes.push(readAttribute(inside(cursor)));
};
const exemplar = (point: { exemplars: OtlpExemplar[] }, cursor: FieldCursor) => {
  point.exemplars.push(readExemplar(inside(cursor)));
};
const count = (point: { count: number }, cursor: FieldCursor) => {
  point.count = fixed64Of(cursor);
};
const sum = (point: { sum: number | undefined }, cursor: FieldCursor) => {
  point.sum = doubleOf(cursor);
};

const numberFields: Fields<Open<NumberPoint>> = {
  3: time,
  4: (point, cursor) => {
    point.value = doubleOf(cursor);
  },
  5: exemplar,
  6: (point, cursor) => {
    point.value = sfixed64Of(cursor);
  },
  7: attribute,
  8: flags,
};

/** Reads a `NumberDataPoint`. */
export function readNumberPoint(cursor: FieldCursor): NumberPoint {
  return readFields(cursor, { ...common(), value: 0, exemplars: [] }, numberFields);
}

const histogramFields: Fields<Open<HistogramPoint>> = {
  3: time,
  4: count,
  5: sum,
  6: (point, cursor) => pushFixed64(cursor, point.counts, "fixed64"),
  7: (point, cursor) => pushFixed64(cursor, point.bounds, "double"),
  8: exemplar,
  9: attribute,
  10: flags,
};

/** Reads a `HistogramDataPoint`. */
export function readHistogramPoint(cursor: FieldCursor): HistogramPoint {
  const point = { ...common(), count: 0, sum: undefined, bounds: [], counts: [], exemplars: [] };
  return readFields(cursor, point, histogramFields);
}

const exponentialFields: Fields<Open<ExponentialPoint>> = {
  1: attribute,
  3: time,
  4: count,
  5: sum,
  6: (point, cursor) => {
    point.scale = sintOf(cursor);
  },
  7: (point, cursor) => {
    point.zeroCount = fixed64Of(cursor);
  },
  8: (point, cursor) => {
    point.positive = readBuckets(inside(cursor));
  },
  9: (point, cursor) => {
    point.negative = readBuckets(inside(cursor));
  },
  10: flags,
  11: exemplar,
  14: (point, cursor) => {
    point.zeroThreshold = doubleOf(cursor);
  },
};

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
  return readFields(cursor, point, exponentialFields);
}

const summaryFields: Fields<Open<SummaryPoint>> = {
  3: time,
  4: count,
  5: (point, cursor) => {
    point.sum = doubleOf(cursor);
  },
  6: (point, cursor) => {
    point.quantiles.push(readQuantile(inside(cursor)));
  },
  7: attribute,
  8: flags,
};

/** Reads a `SummaryDataPoint`. */
export function readSummaryPoint(cursor: FieldCursor): SummaryPoint {
  return readFields(cursor, { ...common(), count: 0, sum: 0, quantiles: [] }, summaryFields);
}

function readFields<Point>(cursor: FieldCursor, point: Point, fields: Fields<Point>): Point {
  while (cursor.next()) fields[cursor.number]?.(point, cursor);
  return point;
}

function common(): { timeMs: number; isStale: boolean; attributes: OtlpAttribute[] } {
  return { timeMs: 0, isStale: false, attributes: [] };
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
