import { doubleField } from "../../edit/encode-field.ts";
import type { MessageView } from "../../edit/message-view.ts";
import { readPacked } from "../../edit/packed.ts";
import { metricData } from "../../edit/scene.ts";
import { utf8 } from "../../edit/text.ts";
import { Failure } from "../failure.ts";
import type { Editor } from "../function.ts";
import { goFormat } from "./go-format.ts";
import { gaugeMetric, numberPointOf, pointsOf } from "./metric-points.ts";

const { histogram, exponentialHistogram } = metricData;

/** Adds a gauge with a percentile of each point of a histogram, interpolated in its bucket as the Collector does. */
export const extractPercentileEditor: Editor = {
  name: "extract_percentile_metric",
  parameters: ["percentile", "suffix?"],
  build: (args) => {
    const percentile = args.literalFloat("percentile");
    if (percentile <= 0 || percentile >= 100)
      throw args.problem(`percentile must be greater than 0 and less than 100, got ${percentile}`);
    const label = goFormat("p%g", [percentile]);
    const suffix = (args.has("suffix") && args.literalString("suffix")) || `_${label}`;
    return ({ scene }) => {
      const { metric, dataField } = scene;
      if (dataField !== histogram && dataField !== exponentialHistogram) return;
      const compute = dataField === histogram ? ofHistogram : ofExponential;
      const points: Uint8Array[] = [];
      for (const point of pointsOf(scene)) {
        const value = compute(point, percentile / 100);
        if (value !== undefined) points.push(numberPointOf(point, dataField, doubleField(4, value)));
      }
      if (points.length === 0) return;
      const about = metric.text(2);
      const description = utf8(about === "" ? label : `${about} (${label})`);
      const bytes = gaugeMetric({ name: utf8(metric.text(1) + suffix), description, unit: metric.data(3), points });
      scene.addedMetrics.push({ bytes, origins: [] });
    };
  },
};

/** How many values lie at or below the percentile. */
function targetOf(point: MessageView, share: number): number {
  return Math.ceil(Number(point.fixed64(4)) * share);
}

function ofHistogram(point: MessageView, share: number): number | undefined {
  const counts = readPacked(point, 6, "fixed64").map(Number);
  const bounds = readPacked(point, 7, "double").map(Number);
  if (point.fixed64(4) === 0n || counts.length === 0) return undefined;
  if (counts.length !== bounds.length + 1)
    throw new Failure("malformed histogram: one count more than bounds is needed");
  const target = targetOf(point, share);
  const [min, max] = [11, 12].map((number) => (point.has(number) ? point.double(number) : undefined));
  if (bounds.length === 0)
    return min === undefined || max === undefined ? undefined : between(min, max, target / (counts[0] as number));
  let before = 0;
  for (const [index, count] of counts.entries()) {
    if (before + count < target) {
      before += count;
      continue;
    }
    let lower = bounds[index - 1] ?? 0;
    let upper = bounds[index];
    if (index === 0 && upper !== undefined) {
      if (min !== undefined && min < upper) lower = min;
      else if (upper < 0) return upper;
    }
    if (upper === undefined) {
      if (max === undefined || max <= lower) return lower;
      upper = max;
    }
    return between(lower, upper, (target - before) / count);
  }
  throw new Failure("malformed histogram: the buckets hold fewer values than its count");
}

function ofExponential(point: MessageView, share: number): number | undefined {
  const side = (number: number): Buckets => {
    const buckets = point.child(number);
    return { offset: signedOf(buckets.varint(1)), counts: readPacked(buckets, 2, "varint").map(Number) };
  };
  const [positive, negative] = [side(8), side(9)];
  const zeros = Number(point.fixed64(7));
  if (point.fixed64(4) === 0n || (positive.counts.length === 0 && negative.counts.length === 0 && zeros === 0))
    return undefined;
  const target = targetOf(point, share);
  const scale = signedOf(point.varint(6));
  let before = 0;
  for (let index = negative.counts.length - 1; index >= 0; index--) {
    const count = negative.counts[index] as number;
    if (before + count >= target) return -inBucket(negative.offset + index, scale, 1 - (target - before) / count);
    before += count;
  }
  if (before + zeros >= target) {
    const threshold = point.double(14);
    const lower = negative.counts.length === 0 && positive.counts.length > 0 ? 0 : -threshold;
    const upper = positive.counts.length === 0 && negative.counts.length > 0 ? 0 : threshold;
    return between(lower, upper, (target - before) / zeros);
  }
  before += zeros;
  for (const [index, count] of positive.counts.entries()) {
    if (before + count >= target) return inBucket(positive.offset + index, scale, (target - before) / count);
    before += count;
  }
  throw new Failure("malformed histogram: the buckets hold fewer values than its count");
}

interface Buckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

function between(lower: number, upper: number, ratio: number): number {
  if (!(ratio >= 0 && ratio <= 1)) throw new Failure(`linear interpolation: invalid ratio ${ratio}`);
  return lower + ratio * (upper - lower);
}

/** In an exponential bucket, evenly by the logarithm. */
function inBucket(index: number, scale: number, ratio: number): number {
  const [lower, upper] = [boundOf(index, scale), boundOf(index + 1, scale)];
  if (!(ratio >= 0 && ratio <= 1 && lower > 0 && upper > 0 && lower < upper))
    throw new Failure("logarithmic interpolation: malformed bounds");
  const start = Math.log2(lower);
  return 2 ** (start + (Math.log2(upper) - start) * ratio);
}

function boundOf(index: number, scale: number): number {
  return scale <= 0 ? 2 ** (index * 2 ** -scale) : Math.exp(index * (Math.LN2 * 2 ** -scale));
}

/** A zigzag number. */
function signedOf(raw: bigint): number {
  return Number((raw >> 1n) ^ -(raw & 1n));
}
