import { FieldCursor } from "../../wire/field-cursor.ts";
import { badVarint, varintSize, varintValue } from "../../wire/varint.ts";
import { spansProblem } from "../check-histogram.ts";
import { formatOpenMetricsFloat } from "../go-float.ts";
import { readInt64 } from "../remote-write/decode-histogram.ts";
import type { Exemplar, MetricType } from "../sample.ts";
import type { ExpositionSink, Parsed } from "./exposition.ts";
import { type ClientHistogram, type ClientMetric, readClientMetric } from "./protobuf-metric.ts";
import type { RawSeries } from "./raw-series.ts";
import { ExpositionError, SeriesRefused } from "./series-text.ts";

/** Types of `io.prometheus.client.MetricFamily` by their numbers. */
const types: readonly MetricType[] = ["counter", "gauge", "summary", "unknown", "histogram", "gaugehistogram"];
/** `prometheus.Histogram.ResetHint`. */
const gauge = 3;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export interface ProtobufOptions {
  /** Whether native histograms are taken. */
  readonly native: boolean;
  /** Whether the buckets of a native histogram are taken as well. */
  readonly classicToo: boolean;
}

type Labels = readonly (readonly [string, string])[];

/** Parses delimited `MetricFamily` messages: the only format that has native histograms. `gone` is never called. */
export function parseProtobuf<T>(body: Uint8Array, sink: ExpositionSink<T>, options: ProtobufOptions): Parsed {
  const state = { samples: 0 };
  try {
    for (let at = 0; at < body.length; ) {
      const size = varintSize(body, at, body.length);
      const end = size === badVarint ? Number.POSITIVE_INFINITY : at + size + varintValue(body, at, size);
      if (end > body.length) {
        throw new ExpositionError("unexpected end of a metric family");
      }
      readFamily(new FieldCursor(body, at + size, end), { sink, options, state });
      at = end;
    }
    return { kind: "parsed", samples: state.samples };
  } catch (error) {
    if (error instanceof ExpositionError || error instanceof TypeError) {
      const samples = state.samples + (error instanceof SeriesRefused ? 1 : 0);
      return { kind: "invalid", samples, reason: error.message };
    }
    throw error;
  }
}

interface Given<T> {
  readonly sink: ExpositionSink<T>;
  readonly options: ProtobufOptions;
  readonly state: { samples: number };
}

function readFamily<T>(cursor: FieldCursor, given: Given<T>): void {
  const family = { name: "", help: "", unit: "", type: "counter" as MetricType };
  const metrics: ClientMetric[] = [];
  while (cursor.next()) {
    switch (cursor.number) {
      case 1:
        family.name = text(cursor);
        break;
      case 2:
        family.help = text(cursor);
        break;
      case 3:
        family.type = types[readInt64(cursor)] ?? "unknown";
        break;
      case 4:
        metrics.push(readClientMetric(cursor));
        break;
      case 5:
        family.unit = text(cursor);
        break;
    }
  }
  if (cursor.valueEnd !== cursor.end) {
    throw new ExpositionError("a metric family is not whole");
  }
  const { name } = family;
  given.sink.metadata?.({ kind: "help", family: name, text: family.help, end: 0 });
  given.sink.metadata?.({ kind: "type", family: name, type: family.type, end: 0 });
  given.sink.metadata?.({ kind: "unit", family: name, text: family.unit, end: 0 });
  for (const metric of metrics) {
    addMetric(family, metric, given);
  }
}

function addMetric<T>({ name, type }: { name: string; type: MetricType }, metric: ClientMetric, given: Given<T>): void {
  const { labels, timeMs } = metric;
  const add = (
    suffix: string,
    value: number,
    more?: { extra?: readonly [string, string]; exemplar?: Exemplar },
  ): void => {
    const all: Labels = more?.extra ? [...labels, more.extra] : labels;
    addSample(given, { name: name + suffix, labels: all, typed: false }, { value, timeMs, exemplar: more?.exemplar });
  };
  if (metric.value !== undefined) {
    add("", metric.value, metric.exemplar && { exemplar: metric.exemplar });
  }
  const { summary, histogram } = metric;
  if (summary) {
    add("_count", summary.count);
    add("_sum", summary.sum);
    for (const [quantile, value] of summary.quantiles) {
      add("", value, { extra: ["quantile", formatOpenMetricsFloat(quantile)] });
    }
  }
  if (histogram) {
    const isNative = given.options.native && histogram.native !== undefined;
    if (isNative) {
      const isGauge = type === "gaugehistogram";
      addNative(given, { name, labels, typed: false }, { histogram, timeMs, isGauge });
    }
    if (!isNative || (given.options.classicToo && histogram.buckets.length > 0)) {
      addClassic(histogram, add);
    }
  }
}

function addClassic(
  histogram: ClientHistogram,
  add: (suffix: string, value: number, more?: { extra?: readonly [string, string]; exemplar?: Exemplar }) => void,
): void {
  add("_count", histogram.count);
  add("_sum", histogram.sum);
  let hasInfinity = false;
  for (const { count, bound, exemplar } of histogram.buckets) {
    hasInfinity ||= bound === Number.POSITIVE_INFINITY;
    add("_bucket", count, { extra: ["le", formatOpenMetricsFloat(bound)], ...(exemplar && { exemplar }) });
  }
  if (!hasInfinity) {
    add("_bucket", histogram.count, { extra: ["le", "+Inf"] });
  }
}

function addSample<T>(
  { sink, state }: Given<T>,
  raw: RawSeries,
  at: { value: number; timeMs: number; exemplar: Exemplar | undefined },
): void {
  const series = sink.series(raw);
  state.samples++;
  sink.sample(series, { value: at.value, timeMs: at.timeMs, again: true });
  if (at.exemplar) {
    sink.exemplar?.(at.exemplar);
  }
}

function addNative<T>(
  { sink, state }: Given<T>,
  raw: RawSeries,
  at: { histogram: ClientHistogram; timeMs: number; isGauge: boolean },
): void {
  const { native } = at.histogram;
  if (!native) {
    return;
  }
  const problem = spansProblem(native);
  if (problem !== undefined) {
    throw new ExpositionError(`histogram ${JSON.stringify(raw.name)}: ${problem}`);
  }
  const series = sink.series(raw);
  state.samples++;
  sink.histogram?.(series, {
    histogram: at.isGauge ? { ...native, resetHint: gauge } : native,
    timeMs: at.timeMs,
  });
  for (const exemplar of nativeExemplars(at.histogram)) {
    sink.exemplar?.(exemplar);
  }
}

/** A native histogram's own exemplars, or else those of its buckets, in order; without a time there is no telling which are new. */
function nativeExemplars({ exemplars, buckets }: ClientHistogram): readonly Exemplar[] {
  const all = exemplars.length > 0 ? exemplars : buckets.flatMap(({ exemplar }) => exemplar ?? []);
  return all
    .filter(({ timeMs }) => timeMs !== undefined)
    .sort((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0) || a.value - b.value);
}

function text(cursor: FieldCursor): string {
  return utf8.decode(cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd));
}
