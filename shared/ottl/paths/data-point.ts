import { ListValue, type MapValue } from "../../edit/any-value.ts";
import { bytesField, doubleField, fixed64Field, varintField } from "../../edit/encode-field.ts";
import { type PackedKind, packNumbers, readPacked } from "../../edit/packed.ts";
import { metricData } from "../../edit/scene.ts";
import { Failure } from "../failure.ts";
import type { Frame } from "../frame.ts";
import { kindOf, NumberList } from "../value.ts";
import {
  double,
  expectDouble,
  expectInt,
  type Field,
  type FieldTable,
  fixed64,
  opaque,
  replaceMap,
  time,
  type ViewOf,
} from "./field.ts";

const point: ViewOf = ({ scene }) => scene.item;
const { gauge, sum, histogram, exponentialHistogram, summary } = metricData;
/** Field numbers that differ between the kinds of points, by the field of Metric that holds them. */
const attributesField: Readonly<Record<number, number>> = {
  [gauge]: 7,
  [sum]: 7,
  [histogram]: 9,
  [exponentialHistogram]: 1,
  [summary]: 7,
};
const flagsField: Readonly<Record<number, number>> = {
  [gauge]: 8,
  [sum]: 8,
  [histogram]: 10,
  [exponentialHistogram]: 10,
  [summary]: 8,
};
const doubleValue = 4;
const intValue = 6;

/** `datapoint.…`; a field that this kind of point does not have is nil, and setting it fails. */
export const dataPointFields: FieldTable = {
  attributes: {
    keys: "map",
    get: (frame) => pointAttributes(frame),
    set: (frame, value) => replaceMap(pointAttributes(frame), value),
  },
  start_time_unix_nano: fixed64(point, 2),
  start_time: time(point, 2),
  time_unix_nano: fixed64(point, 3),
  time: time(point, 3),
  value_int: only([gauge, sum], {
    get: (frame) => (point(frame).has(intValue) ? BigInt.asIntN(64, point(frame).fixed64(intValue)) : 0n),
    set: (frame, value) => {
      const int = expectInt(value);
      point(frame).remove(doubleValue);
      point(frame).put(intValue, fixed64Field(intValue, int));
    },
  }),
  value_double: only([gauge, sum], {
    get: (frame) => (point(frame).has(doubleValue) ? point(frame).double(doubleValue) : 0),
    set: (frame, value) => {
      const double = expectDouble(value);
      point(frame).remove(intValue);
      point(frame).put(doubleValue, doubleField(doubleValue, double));
    },
  }),
  exemplars: only([gauge, sum, histogram, exponentialHistogram], opaque("pmetric.ExemplarSlice")),
  flags: {
    get: (frame) => point(frame).varint(flagsField[frame.scene.dataField] as number),
    set: (frame, value) => {
      const number = flagsField[frame.scene.dataField] as number;
      point(frame).put(number, varintField(number, BigInt.asUintN(32, expectInt(value))));
    },
  },
  count: only([histogram, exponentialHistogram, summary], fixed64(point, 4)),
  sum: only([histogram, exponentialHistogram, summary], double(point, 5)),
  bucket_counts: only([histogram], list({ view: point, number: 6 }, "fixed64")),
  explicit_bounds: only([histogram], list({ view: point, number: 7 }, "double")),
  scale: only([exponentialHistogram], signed({ view: point, number: 6 })),
  zero_count: only([exponentialHistogram], fixed64(point, 7)),
  ...side("positive", 8),
  ...side("negative", 9),
  quantile_values: only([summary], opaque("pmetric.SummaryDataPointValueAtQuantileSlice")),
};

interface Located {
  readonly view: ViewOf;
  readonly number: number;
}

function pointAttributes(frame: Frame): MapValue {
  return point(frame).map(attributesField[frame.scene.dataField] as number);
}

/** A field that only some kinds of points have. */
function only(dataFields: readonly number[], field: Field): Field {
  return {
    ...field,
    get: (frame) => (dataFields.includes(frame.scene.dataField) ? field.get(frame) : null),
    set: (frame, value) => {
      if (!dataFields.includes(frame.scene.dataField)) throw new Failure("unsupported data point type");
      field.set(frame, value);
    },
  };
}

/** The buckets of one sign. */
function side(name: string, number: number): FieldTable {
  const buckets: ViewOf = (frame) => point(frame).child(number);
  return {
    [name]: only([exponentialHistogram], opaque("pmetric.ExponentialHistogramDataPointBuckets")),
    [`${name}.offset`]: only([exponentialHistogram], signed({ view: buckets, number: 1 })),
    [`${name}.bucket_counts`]: only([exponentialHistogram], list({ view: buckets, number: 2 }, "varint")),
  };
}

/** An int in zigzag. */
function signed({ view, number }: Located): Field {
  return {
    get: (frame) => {
      const raw = view(frame).varint(number);
      return (raw >> 1n) ^ -(raw & 1n);
    },
    set: (frame, value) => {
      const int = BigInt.asIntN(32, expectInt(value));
      view(frame).put(number, varintField(number, int < 0n ? -2n * int - 1n : 2n * int));
    },
  };
}

/** Numbers, packed or not. */
function list({ view, number }: Located, kind: PackedKind): Field {
  return {
    get: (frame) => new NumberList(readPacked(view(frame), number, kind)),
    set: (frame, value) => {
      if (!(value instanceof ListValue)) throw new Failure(`expects list but got ${kindOf(value)}`);
      const numbers = value.items.map((item) => (kind === "double" ? expectDouble(item) : expectInt(item)));
      view(frame).remove(number);
      view(frame).add(number, bytesField(number, packNumbers(numbers, kind)));
    },
  };
}
