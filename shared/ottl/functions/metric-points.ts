import { bytesField, varintField } from "../../edit/encode-field.ts";
import { MessageView } from "../../edit/message-view.ts";
import { metricData, type Scene } from "../../edit/scene.ts";
import type { Args } from "../args.ts";
import { OttlError } from "../failure.ts";

export const cumulative = 2n;
const temporalities: Readonly<Record<string, bigint>> = { delta: 1n, cumulative };

/** The field of a point that holds its attributes, by the field of Metric that holds the points. */
export const pointAttributesField: Readonly<Record<number, number>> = {
  [metricData.gauge]: 7,
  [metricData.sum]: 7,
  [metricData.histogram]: 9,
  [metricData.exponentialHistogram]: 1,
  [metricData.summary]: 7,
};

/** What a kind of metric is called in messages. */
export const metricKinds: Readonly<Record<number, string>> = {
  [metricData.gauge]: "Gauge",
  [metricData.sum]: "Sum",
  [metricData.histogram]: "Histogram",
  [metricData.exponentialHistogram]: "ExponentialHistogram",
  [metricData.summary]: "Summary",
};

/** A temporality by its name in statements. */
export function temporalityOf(args: Args, name: string): bigint {
  const text = args.literalString(name);
  const temporality = Object.hasOwn(temporalities, text) ? temporalities[text] : undefined;
  if (temporality === undefined) throw new OttlError(`unknown aggregation temporality: ${text}`);
  return temporality;
}

/** The points of the metric in view, each in a view of its own. */
export function pointsOf({ data }: Scene): MessageView[] {
  return data.occurrences(1).map(({ bytes, from, to }) => {
    const view = new MessageView();
    view.load(bytes, from, to);
    return view;
  });
}

/** Puts other points in the place of those of the metric in view. */
export function replacePoints(scene: Scene, points: readonly Uint8Array[]): void {
  const { data, metric, dataField } = scene;
  data.remove(1);
  for (const point of points) data.add(1, bytesField(1, point));
  metric.put(dataField, bytesField(dataField, data.toBytes()));
  scene.replaceMetric(metric.toBytes());
}

/** A number point with the attributes and times of another point, and a value given as its field. */
export function numberPointOf(point: MessageView, dataField: number, value: Uint8Array): Uint8Array {
  const view = new MessageView();
  view.loadAbsent();
  for (const number of [2, 3])
    for (const { bytes, from, to } of point.occurrences(number))
      view.add(number, Uint8Array.of(number * 8 + 1, ...bytes.subarray(from, to)));
  view.add(0, value);
  const attributes = pointAttributesField[dataField] as number;
  for (const { bytes, from, to } of point.occurrences(attributes)) view.add(7, bytesField(7, bytes.subarray(from, to)));
  return view.toBytes();
}

/** A sum with its name, description and unit. */
export function sumMetric(
  options: MetricText & { readonly temporality: bigint; readonly isMonotonic: boolean },
): Uint8Array {
  const sum = new MessageView();
  sum.loadAbsent();
  for (const point of options.points) sum.add(1, bytesField(1, point));
  sum.add(2, varintField(2, options.temporality));
  if (options.isMonotonic) sum.add(3, varintField(3, 1n));
  return metricOf(options, metricData.sum, sum);
}

/** What a metric is called, and its points. */
export interface MetricText {
  readonly name: Uint8Array;
  readonly description: Uint8Array;
  readonly unit: Uint8Array;
  readonly points: readonly Uint8Array[];
}

/** A gauge with its name, description and unit. */
export function gaugeMetric(options: MetricText): Uint8Array {
  const gauge = new MessageView();
  gauge.loadAbsent();
  for (const point of options.points) gauge.add(1, bytesField(1, point));
  return metricOf(options, metricData.gauge, gauge);
}

function metricOf({ name, description, unit }: MetricText, field: number, data: MessageView): Uint8Array {
  const metric = new MessageView();
  metric.loadAbsent();
  metric.add(1, bytesField(1, name));
  if (description.length > 0) metric.add(2, bytesField(2, description));
  if (unit.length > 0) metric.add(3, bytesField(3, unit));
  metric.add(field, bytesField(field, data.toBytes()));
  return metric.toBytes();
}
