import { bytesField, doubleField, fixed64Field, varintField } from "../../edit/encode-field.ts";
import { MessageView } from "../../edit/message-view.ts";
import { packNumbers, readPacked } from "../../edit/packed.ts";
import { metricData } from "../../edit/scene.ts";
import type { Editor } from "../function.ts";
import type { OttlHost } from "../host.ts";
import { pointsOf, replacePoints } from "./metric-points.ts";

/** Where a bucket of an exponential histogram lies. */
interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: bigint;
}

/** Adds the values of a bucket to the buckets that end at the bounds. */
type Distribute = (bucket: Bucket, bounds: readonly number[], counts: bigint[]) => void;

/** Makes a histogram with given bounds of an exponential one, as far as it can be told where values lie. */
export const explicitBucketsEditor: Editor = {
  name: "convert_exponential_histogram_to_histogram",
  parameters: ["distribution_fn", "explicit_bounds"],
  build: (args) => {
    const name = args.literalString("distribution_fn") || "random";
    const ways: Readonly<Record<string, Distribute>> = { upper, midpoint, uniform, random: random(args.reader.host) };
    const distribute = Object.hasOwn(ways, name) ? ways[name] : undefined;
    if (!distribute)
      throw args.problem(`invalid conversion function: ${name}, must be one of [upper, midpoint, random, uniform]`);
    const bounds = args.literalFloats("explicit_bounds");
    if (bounds.length === 0) throw args.problem("explicit bounds cannot be empty");
    return ({ scene }) => {
      if (scene.dataField !== metricData.exponentialHistogram) return;
      const points = pointsOf(scene).map((point) => pointOf(point, bounds, distribute));
      const temporality = scene.data.varint(2);
      const data = new MessageView();
      data.loadAbsent();
      if (temporality !== 0n) data.add(2, varintField(2, temporality));
      const { metric } = scene;
      metric.remove(metricData.exponentialHistogram);
      metric.remove(12);
      metric.put(metricData.histogram, bytesField(metricData.histogram, data.toBytes()));
      scene.replaceMetric(metric.toBytes());
      replacePoints(scene, points);
    };
  },
};

function pointOf(point: MessageView, bounds: readonly number[], distribute: Distribute): Uint8Array {
  const made = new MessageView();
  made.loadAbsent();
  made.add(2, fixed64Field(2, point.fixed64(2)));
  made.add(3, fixed64Field(3, point.fixed64(3)));
  made.add(4, fixed64Field(4, point.fixed64(4)));
  // Written whether they were there or not.
  for (const [from, to] of [
    [5, 5],
    [12, 11],
    [13, 12],
  ] as const)
    made.add(to, doubleField(to, point.double(from)));
  made.add(6, bytesField(6, packNumbers(countsOf(point, bounds, distribute), "fixed64")));
  made.add(7, bytesField(7, packNumbers(bounds, "double")));
  for (const { bytes, from, to } of point.occurrences(11)) made.add(8, bytesField(8, bytes.subarray(from, to)));
  for (const { bytes, from, to } of point.occurrences(1)) made.add(9, bytesField(9, bytes.subarray(from, to)));
  return made.toBytes();
}

/** As many counts as bounds: what lies above all of them counts to the last. */
function countsOf(point: MessageView, bounds: readonly number[], distribute: Distribute): bigint[] {
  const counts = bounds.map(() => 0n);
  const last = bounds.length - 1;
  if (bounds[0] === 0) add(counts, 0, point.fixed64(7));
  const factor = Math.LN2 * 2 ** -zigzag(point.varint(6));
  const positive = point.child(8);
  const offset = zigzag(positive.varint(1));
  for (const [at, each] of readPacked(positive, 2, "varint").entries()) {
    const count = BigInt.asUintN(64, BigInt(each));
    const index = (offset + at) | 0;
    const bucket = { lower: Math.exp(index * factor), upper: Math.exp(((index + 1) | 0) * factor), count };
    if (bucket.lower > (bounds[last] as number)) add(counts, last, count);
    else {
      const within = bounds.findIndex(
        (bound, next) => next > 0 && bucket.lower > (bounds[next - 1] as number) && bucket.upper <= bound,
      );
      if (within > 0) add(counts, within - 1, count);
      else distribute(bucket, bounds, counts);
    }
  }
  return counts.map((count) => BigInt.asUintN(64, count));
}

function upper(bucket: Bucket, bounds: readonly number[], counts: bigint[]): void {
  add(counts, placeOf(bounds, bucket.upper), bucket.count);
}

function midpoint({ lower, upper, count }: Bucket, bounds: readonly number[], counts: bigint[]): void {
  const middle = (lower + upper) / 2;
  const at = bounds.findIndex((bound) => middle <= bound);
  add(counts, at < 0 ? bounds.length - 1 : Math.max(at - 1, 0), count);
}

/** The same to each of the buckets that it touches, one more to the first ones. */
function uniform({ lower, upper, count }: Bucket, bounds: readonly number[], counts: bigint[]): void {
  const { start, end } = touched(bounds, lower, upper);
  const parts = BigInt(end - start + 1);
  for (let at = start; at <= end; at++) add(counts, at, count / parts + (BigInt(at - start) < count % parts ? 1n : 0n));
}

/** By chance: up to its share of the width to each of the buckets that it touches, the rest to any of them. */
function random(host: OttlHost): Distribute {
  return ({ lower, upper, count }, bounds, counts) => {
    const { start, end } = touched(bounds, lower, upper);
    let rest = count;
    for (let at = start; at < end && rest > 0n; at++) {
      const from = Math.max(at === 0 ? lower : (bounds[at - 1] as number), lower);
      const share = (Math.min(bounds[at] as number, upper) - from) / (upper - lower);
      const most = Math.floor(Number(count) * share * chance(host));
      const given = most > 0 && most < Number(rest) ? BigInt(most) : 0n;
      add(counts, at, given);
      rest -= given;
    }
    add(counts, start + Math.floor(chance(host) * (end - start + 1)), rest);
  };
}

/** From 0 to below 1. */
function chance(host: OttlHost): number {
  const bytes = host.randomBytes();
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
}

function touched(bounds: readonly number[], lower: number, upper: number): { start: number; end: number } {
  const start = placeOf(bounds, lower);
  const end = bounds.findIndex((bound, at) => at >= start && upper <= bound);
  return { start, end: end < 0 ? bounds.length - 1 : end };
}

function placeOf(bounds: readonly number[], value: number): number {
  const at = bounds.findIndex((bound) => value <= bound);
  return at < 0 ? bounds.length - 1 : at;
}

function add(counts: bigint[], at: number, count: bigint): void {
  counts[at] = (counts[at] as bigint) + count;
}

function zigzag(raw: bigint): number {
  return Number(BigInt.asIntN(32, (raw >> 1n) ^ -(raw & 1n)));
}
