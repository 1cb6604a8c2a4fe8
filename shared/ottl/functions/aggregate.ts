import { keyOf, type MapValue } from "../../edit/any-value.ts";
import { bytesField, doubleField, fixed64Field } from "../../edit/encode-field.ts";
import type { MessageView } from "../../edit/message-view.ts";
import { type PackedKind, packNumbers, readPacked } from "../../edit/packed.ts";
import { metricData, type Scene } from "../../edit/scene.ts";
import type { Args } from "../args.ts";
import { Failure } from "../failure.ts";
import type { Editor } from "../function.ts";
import { jsonText } from "../text.ts";
import { pointAttributesField, pointsOf, replacePoints } from "./metric-points.ts";

type Numbers = (values: readonly (bigint | number)[]) => bigint | number;

const { gauge, sum, histogram, exponentialHistogram, summary } = metricData;
const functions: Readonly<Record<string, Numbers>> = {
  sum: total,
  max: (values) => values.reduce((a, b) => (b > a ? b : a)),
  min: (values) => values.reduce((a, b) => (b < a ? b : a)),
  mean: (values) => divide(total(values), values.length),
  median,
  count: (values) => (typeof values[0] === "bigint" ? BigInt(values.length) : values.length),
};

/** Merges the points of a metric that differ in other attributes alone. */
export const aggregateEditor: Editor = {
  name: "aggregate_on_attributes",
  parameters: ["aggregation_function", "attributes?"],
  build: (args) => {
    const compute = functionNamed(args);
    const kept = args.has("attributes") ? new Set(args.literalStrings("attributes")) : undefined;
    return ({ scene }) => {
      if (scene.dataField === summary) throw new Failure("metrics of kind Summary are not aggregated");
      aggregate(scene, compute, (attributes) => {
        if (kept) attributes.edit((key) => (kept.has(key) ? undefined : "remove"));
      });
    };
  },
};

/** Gives several values of an attribute one value, and merges the points that become equal by it. */
export const aggregateValueEditor: Editor = {
  name: "aggregate_on_attribute_value",
  parameters: ["aggregation_function", "attribute", "values", "new_value"],
  build: (args) => {
    const compute = functionNamed(args, "aggregation_function");
    const key = keyOf(args.literalString("attribute"));
    const values = new Set(args.literalStrings("values"));
    const newValue = args.literalString("new_value");
    return ({ scene }) =>
      aggregate(scene, compute, (attributes) => {
        const value = attributes.get(key);
        if (typeof value === "string" && values.has(value)) attributes.set(key, newValue);
      });
  },
};

function functionNamed(args: Args, parameter = "aggregation_function"): Numbers {
  const name = args.literalString(parameter);
  const compute = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (compute) return compute;
  throw args.problem(`invalid aggregation function: '${name}', valid options: ${Object.keys(functions)}`);
}

function aggregate(scene: Scene, compute: Numbers, change: (attributes: MapValue) => void): void {
  const { dataField } = scene;
  if (dataField === 0 || dataField === summary) return;
  const groups = new Map<string, MessageView[]>();
  for (const point of pointsOf(scene)) {
    const attributes = point.map(pointAttributesField[dataField] as number);
    change(attributes);
    const key = `${jsonText(attributes)} ${point.fixed64(3)} ${identity(point, dataField)}`;
    const group = groups.get(key);
    if (group) group.push(point);
    else groups.set(key, [point]);
  }
  // The Collector's metric is a new one, without the metadata of this one.
  scene.metric.remove(12);
  replacePoints(
    scene,
    [...groups.values()].map((group) => mergePoints(group, dataField, compute)),
  );
}

/** What points must have in common beside attributes and time. */
function identity(point: MessageView, dataField: number): string {
  if (dataField === histogram) return `${readPacked(point, 7, "double")}`;
  if (dataField !== exponentialHistogram) return "";
  return `${point.varint(6)} ${point.child(8).varint(1)} ${point.child(9).varint(1)}`;
}

function mergePoints(points: readonly MessageView[], dataField: number, compute: Numbers): Uint8Array {
  const [first, ...rest] = points as [MessageView, ...MessageView[]];
  // The Collector leaves a group of one as it is, whatever the function.
  if (rest.length === 0) return first.toBytes();
  const start = points.map((point) => point.fixed64(2)).reduce((a, b) => (b < a ? b : a));
  if (start !== 0n) first.put(2, fixed64Field(2, start));
  if (dataField === gauge || dataField === sum) mergeValues(first, { points, compute });
  else mergeHistograms(first, points, dataField);
  return first.toBytes();
}

function mergeValues(
  first: MessageView,
  { points, compute }: { points: readonly MessageView[]; compute: Numbers },
): void {
  const values = points.map((point) => (point.has(6) ? BigInt.asIntN(64, point.fixed64(6)) : point.double(4)));
  const areInts = values.every((value) => typeof value === "bigint");
  const value = compute(areInts ? values : values.map(Number));
  if (typeof value === "bigint") first.put(6, fixed64Field(6, value));
  else {
    first.remove(6);
    first.put(4, doubleField(4, value));
  }
}

function mergeHistograms(first: MessageView, points: readonly MessageView[], dataField: number): void {
  const sumOf = (number: number): bigint => points.reduce((all, point) => all + point.fixed64(number), 0n);
  const doubles = (number: number): number[] =>
    points.filter((point) => point.has(number)).map((point) => point.double(number));
  const [sums, mins, maxes] = [doubles(5), doubles(minField(dataField)), doubles(minField(dataField) + 1)];
  first.put(4, fixed64Field(4, sumOf(4)));
  if (sums.length > 0)
    first.put(
      5,
      doubleField(
        5,
        sums.reduce((a, b) => a + b),
      ),
    );
  if (mins.length > 0) first.put(minField(dataField), doubleField(minField(dataField), Math.min(...mins)));
  if (maxes.length > 0) first.put(minField(dataField) + 1, doubleField(minField(dataField) + 1, Math.max(...maxes)));
  const exemplars = dataField === histogram ? 8 : 11;
  for (const point of points.slice(1))
    for (const { bytes, from, to } of point.occurrences(exemplars))
      first.add(exemplars, bytesField(exemplars, bytes.slice(from, to)));
  if (dataField === histogram) {
    mergeCounts(points, { number: 6, kind: "fixed64", target: first });
    return;
  }
  first.put(7, fixed64Field(7, sumOf(7)));
  for (const side of [8, 9]) {
    const sides = points.map((point) => point.child(side));
    mergeCounts(sides, { number: 2, kind: "varint", target: first.child(side) });
  }
}

function minField(dataField: number): number {
  return dataField === histogram ? 11 : 12;
}

function mergeCounts(
  views: readonly MessageView[],
  { number, kind, target }: { number: number; kind: PackedKind; target: MessageView },
): void {
  const lists = views.map((view) => readPacked(view, number, kind));
  const length = Math.max(...lists.map((list) => list.length));
  if (length === 0) return;
  const counts = Array.from({ length }, (_, index) => total(lists.map((list) => list[index] ?? 0n)));
  target.remove(number);
  target.add(number, bytesField(number, packNumbers(counts, kind)));
}

function total(values: readonly (bigint | number)[]): bigint | number {
  return values.reduce((a, b) =>
    typeof a === "bigint" && typeof b === "bigint" ? BigInt.asIntN(64, a + b) : Number(a) + Number(b),
  );
}

function divide(value: bigint | number, by: number): bigint | number {
  return typeof value === "bigint" ? value / BigInt(by) : value / by;
}

function median(values: readonly (bigint | number)[]): bigint | number {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as bigint | number;
  if (sorted.length % 2 === 1) return upper;
  return divide(total([sorted[middle - 1] as bigint | number, upper]), 2);
}
