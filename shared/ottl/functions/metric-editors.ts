import { bytesField, doubleField, fixed64Field, varintField } from "../../edit/encode-field.ts";
import { MessageView } from "../../edit/message-view.ts";
import { packNumbers, readPacked } from "../../edit/packed.ts";
import { metricData, type Scene } from "../../edit/scene.ts";
import { utf8 } from "../../edit/text.ts";
import type { Args } from "../args.ts";
import { Failure } from "../failure.ts";
import type { Frame } from "../frame.ts";
import type { Editor } from "../function.ts";
import { doubleToInt } from "../like.ts";
import { aggregateEditor, aggregateValueEditor } from "./aggregate.ts";
import { explicitBucketsEditor } from "./explicit-buckets.ts";
import { mergeBucketsEditor } from "./merge-buckets.ts";
import {
  cumulative,
  metricKinds,
  numberPointOf,
  pointsOf,
  replacePoints,
  sumMetric,
  temporalityOf,
} from "./metric-points.ts";
import { extractPercentileEditor } from "./percentile.ts";
import { summaryQuantilesEditor } from "./summary-quantiles.ts";

const { gauge, sum, histogram, exponentialHistogram, summary } = metricData;

/** Editors of whole metrics. */
export const metricEditors: readonly Editor[] = [
  {
    name: "convert_sum_to_gauge",
    parameters: [],
    build:
      () =>
      ({ scene }) => {
        if (scene.dataField !== sum) return;
        scene.data.remove(2);
        scene.data.remove(3);
        convertTo(scene, gauge);
      },
  },
  {
    name: "convert_gauge_to_sum",
    parameters: ["string_agg_temp", "monotonic"],
    build: (args) => {
      const temporality = temporalityOf(args, "string_agg_temp");
      const isMonotonic = args.literalBool("monotonic");
      return ({ scene }) => {
        if (scene.dataField !== gauge) return;
        scene.data.put(2, varintField(2, temporality));
        if (isMonotonic) scene.data.put(3, varintField(3, 1n));
        convertTo(scene, sum);
      };
    },
  },
  {
    name: "extract_count_metric",
    parameters: ["monotonic", "suffix?"],
    build: (args) =>
      extractor(args, {
        suffix: "_count",
        unit: () => utf8("1"),
        value: (point) => fixed64Field(6, point.fixed64(4)),
      }),
  },
  {
    name: "extract_sum_metric",
    parameters: ["monotonic", "suffix?"],
    build: (args) =>
      extractor(args, {
        suffix: "_sum",
        unit: ({ metric }) => metric.data(3),
        value: (point, dataField) =>
          dataField === summary || point.has(5) ? doubleField(4, point.double(5)) : undefined,
      }),
  },
  {
    name: "copy_metric",
    parameters: ["name?", "description?", "unit?"],
    build: (args) => {
      const fields = (["name", "description", "unit"] as const).map((name) =>
        args.has(name) ? args.string(name) : undefined,
      );
      const origin = {};
      return (frame) => {
        const { scene } = frame;
        // A copy of this statement's own copies would never end.
        if (scene.origins.includes(origin)) return;
        const bytes = scene.metricBytes();
        const copy = new MessageView();
        copy.load(bytes, 0, bytes.length);
        for (const [index, read] of fields.entries())
          if (read) copy.put(index + 1, bytesField(index + 1, utf8(read(frame))));
        scene.addedMetrics.push({ bytes: copy.toBytes(), origins: [...scene.origins, origin] });
      };
    },
  },
  {
    name: "scale_metric",
    parameters: ["multiplier", "unit?"],
    build: (args) => {
      const factor = args.literalFloat("multiplier");
      const unit = args.has("unit") ? args.string("unit") : undefined;
      return (frame) => {
        const { scene } = frame;
        if (scene.dataField === exponentialHistogram)
          throw new Failure("exponential histograms are not supported by the 'scale_metric' function");
        if (scene.dataField === 0) throw new Failure("unsupported metric type: 'Empty'");
        if (unit) scene.metric.put(3, bytesField(3, utf8(unit(frame))));
        const points = pointsOf(scene);
        for (const point of points) scalePoint(point, scene.dataField, factor);
        replacePoints(
          scene,
          points.map((point) => point.toBytes()),
        );
      };
    },
  },
  aggregateEditor,
  aggregateValueEditor,
  extractPercentileEditor,
  explicitBucketsEditor,
  summaryQuantilesEditor,
];

/** Editors of data points that add metrics. */
export const pointEditors: readonly Editor[] = [
  mergeBucketsEditor,
  summaryConverter("convert_summary_count_val_to_sum", "_count", (point) => fixed64Field(6, point.fixed64(4))),
  summaryConverter("convert_summary_sum_val_to_sum", "_sum", (point) => doubleField(4, point.double(5))),
];

function convertTo(scene: Scene, field: number): void {
  const { metric, data, dataField } = scene;
  const bytes = data.toBytes();
  metric.remove(dataField);
  metric.put(field, bytesField(field, bytes));
  scene.replaceMetric(metric.toBytes());
}

interface Extraction {
  readonly suffix: string;
  unit(scene: Scene): Uint8Array;
  value(point: MessageView, dataField: number): Uint8Array | undefined;
}

function extractor(args: Args, { suffix, unit, value }: Extraction): (frame: Frame) => void {
  const isMonotonic = args.literalBool("monotonic");
  const ending = args.has("suffix") ? args.literalString("suffix") : suffix;
  return ({ scene }) => {
    const { metric, dataField, data } = scene;
    if (dataField !== histogram && dataField !== exponentialHistogram && dataField !== summary) {
      throw new Failure(
        `extract${suffix}_metric requires an input metric of type Histogram, ExponentialHistogram or Summary, got ${metricKinds[dataField] ?? "Empty"}`,
      );
    }
    const points: Uint8Array[] = [];
    for (const point of pointsOf(scene)) {
      const field = value(point, dataField);
      if (field) points.push(numberPointOf(point, dataField, field));
    }
    if (points.length === 0) return;
    const bytes = sumMetric({
      name: utf8(metric.text(1) + ending),
      description: metric.data(2),
      unit: unit(scene),
      temporality: dataField === summary ? cumulative : data.varint(2),
      isMonotonic,
      points,
    });
    scene.addedMetrics.push({ bytes, origins: [] });
  };
}

function scalePoint(point: MessageView, dataField: number, factor: number): void {
  const scale = (number: number): void => {
    if (point.has(number)) point.put(number, doubleField(number, point.double(number) * factor));
  };
  if (dataField === gauge || dataField === sum) {
    scale(4);
    if (point.has(6)) {
      const value = Number(BigInt.asIntN(64, point.fixed64(6))) * factor;
      point.put(6, fixed64Field(6, doubleToInt(value)));
    }
  } else if (dataField === histogram) {
    for (const number of [5, 11, 12]) scale(number);
    scaleExemplars(point, factor);
    const bounds = readPacked(point, 7, "double").map((bound) => Number(bound) * factor);
    point.remove(7);
    if (bounds.length > 0) point.add(7, bytesField(7, packNumbers(bounds, "double")));
  } else if (dataField === summary) {
    scale(5);
    const quantiles = point.occurrences(6).map(({ bytes, from, to }) => {
      const view = new MessageView();
      view.load(bytes, from, to);
      view.put(2, doubleField(2, view.double(2) * factor));
      return view.toBytes();
    });
    point.remove(6);
    for (const quantile of quantiles) point.add(6, bytesField(6, quantile));
  }
}

function scaleExemplars(point: MessageView, factor: number): void {
  const exemplars = point.occurrences(8).map(({ bytes, from, to }) => {
    const view = new MessageView();
    view.load(bytes, from, to);
    if (view.has(3)) view.put(3, doubleField(3, view.double(3) * factor));
    if (view.has(6)) view.put(6, fixed64Field(6, doubleToInt(Number(BigInt.asIntN(64, view.fixed64(6))) * factor)));
    return view.toBytes();
  });
  point.remove(8);
  for (const exemplar of exemplars) point.add(8, bytesField(8, exemplar));
}

/** Adds a sum of one point for each point of a summary. */
function summaryConverter(name: string, suffix: string, value: (point: MessageView) => Uint8Array): Editor {
  return {
    name,
    parameters: ["string_agg_temp", "monotonic", "suffix?"],
    build: (args) => {
      const temporality = temporalityOf(args, "string_agg_temp");
      const isMonotonic = args.literalBool("monotonic");
      const ending = args.has("suffix") ? args.literalString("suffix") : suffix;
      return ({ scene }) => {
        if (scene.dataField !== summary) return;
        const { metric, item } = scene;
        const bytes = sumMetric({
          name: utf8(metric.text(1) + ending),
          description: metric.data(2),
          unit: metric.data(3),
          temporality,
          isMonotonic,
          points: [numberPointOf(item, summary, value(item))],
        });
        scene.addedMetrics.push({ bytes, origins: [] });
      };
    },
  };
}
