import { compareNames, type Labels, labelsKey, labelsOf, metricName } from "../labels.ts";
import type { MetricType, SampleBatch } from "../sample.ts";
import { createSampleBatch } from "../sample.ts";
import { type Series, seriesOf } from "../series.ts";
import { addExponential, addHistogramPoint, addNumbers, addSummary, type PointSink } from "./add-points.ts";
import { prometheusLabel, prometheusName, prometheusUnit } from "./metric-names.ts";
import type { OtlpAttribute, OtlpData, OtlpMetric, OtlpResource, OtlpScope } from "./otlp-metrics.ts";

/** Arguments of otelcol.exporter.prometheus that shape what comes out. */
export interface FromOtlpOptions {
  readonly targetInfo: boolean;
  readonly scopeInfo: boolean;
  readonly scopeLabels: boolean;
  readonly suffixes: boolean;
  readonly resourceLabels: boolean;
  readonly keepIdentifying: boolean;
  readonly classicToCustomBuckets: boolean;
  /** Points that have no place in Prometheus, by why. */
  readonly dropped: (reason: OtlpDropReason, points: number, metric: string) => void;
}

export type OtlpDropReason = "temporality" | "older" | "no_name" | "scale" | "time" | "label";

/** Turns requests into samples, one after another. */
export interface FromOtlp {
  convert(resources: readonly OtlpResource[], nowMs: number): SampleBatch;
  /** Forgets series that were not seen since the call before. */
  sweep(): void;
  readonly size: number;
}

interface Known {
  readonly series: Series;
  lastMs: number;
  used: number;
}

const identifying = ["service.name", "service.namespace", "service.instance.id"];

/** Remembers the newest time of each series, because an older point must not follow it (prometheus.md §9). */
export function createFromOtlp(options: FromOtlpOptions): FromOtlp {
  return new SampleConverter(options);
}

class SampleConverter implements FromOtlp {
  private readonly options: FromOtlpOptions;
  private readonly known = new Map<string, Known>();
  private readonly told = new Map<string, string>();
  private epoch = 1;

  constructor(options: FromOtlpOptions) {
    this.options = options;
  }

  sweep(): void {
    for (const [key, { used }] of this.known) {
      if (used < this.epoch) {
        this.known.delete(key);
      }
    }
    this.told.clear();
    this.epoch++;
  }

  get size(): number {
    return this.known.size;
  }

  private seriesFor(labels: Labels): Known {
    const key = labelsKey(labels);
    const found = this.known.get(key);
    if (found) {
      found.used = this.epoch;
      return found;
    }
    const made = { series: seriesOf(labels), lastMs: Number.NEGATIVE_INFINITY, used: this.epoch };
    this.known.set(key, made);
    return made;
  }

  convert(resources: readonly OtlpResource[], nowMs: number): SampleBatch {
    const batch = createSampleBatch();
    for (const resource of resources) {
      const identity = identityOf(resource.attributes);
      if (this.options.targetInfo) {
        this.addInfo(
          batch,
          "target_info",
          [...targetAttributes(resource, this.options.keepIdentifying), ...identity],
          nowMs,
        );
      }
      for (const scope of resource.scopes) {
        this.convertScope(batch, scope, { resource, identity, nowMs });
      }
    }
    return batch;
  }

  private convertScope(
    batch: SampleBatch,
    scope: OtlpScope,
    given: { resource: OtlpResource; identity: readonly OtlpAttribute[]; nowMs: number },
  ): void {
    const scopeLabels: OtlpAttribute[] = [
      ["otel_scope_name", scope.name],
      ["otel_scope_version", scope.version],
    ];
    if (this.options.scopeInfo) {
      const own = scope.attributes.map(([name, value]): OtlpAttribute => [prometheusLabel(name), value]);
      this.addInfo(batch, "otel_scope_info", [...own, ...given.identity, ...scopeLabels], given.nowMs);
    }
    const base = [...given.identity, ...(this.options.scopeLabels ? scopeLabels : [])];
    for (const metric of scope.metrics) {
      this.convertMetric(batch, metric, { base, resource: given.resource });
    }
  }

  private convertMetric(
    batch: SampleBatch,
    metric: OtlpMetric,
    given: { base: readonly OtlpAttribute[]; resource: OtlpResource },
  ): void {
    const { data } = metric;
    if (data.kind === "none") {
      return;
    }
    const name = prometheusName(metric, this.options.suffixes);
    if (name === "") {
      this.options.dropped("no_name", data.points.length, metric.name);
      return;
    }
    if ("temporality" in data && data.temporality !== "cumulative") {
      this.options.dropped("temporality", data.points.length, metric.name);
      return;
    }
    this.tellMetadata(batch, name, metric);
    addData(data, this.sinkOf(batch, { name, metric, ...given }), this.options.classicToCustomBuckets);
  }

  private sinkOf(
    batch: SampleBatch,
    given: { name: string; metric: OtlpMetric; base: readonly OtlpAttribute[]; resource: OtlpResource },
  ): PointSink {
    const { name, metric, base, resource } = given;
    const others = this.options.resourceLabels ? resource.attributes : [];
    return {
      batch,
      dropped: (reason) => this.options.dropped(reason, 1, metric.name),
      labelsFor: (point, reserved) => {
        const labels = new Map<string, string>(base);
        for (const [attribute, value] of [...point.attributes, ...others]) {
          const label = prometheusLabel(attribute);
          if (label === "" || label === metricName || label === reserved) {
            this.options.dropped("label", 0, metric.name);
          } else {
            labels.set(label, value);
          }
        }
        return labels;
      },
      series: (labels, suffix, extra) => {
        const all = new Map(labels);
        all.set(metricName, `${name}${suffix}`);
        if (extra) {
          all.set(extra[0], extra[1]);
        }
        return this.seriesFor(labelsOf(all));
      },
    };
  }

  private addInfo(batch: SampleBatch, name: string, attributes: readonly OtlpAttribute[], nowMs: number): void {
    const named = attributes.filter(([label]) => label !== "" && label !== metricName);
    const { series } = this.seriesFor(labelsOf([...named, [metricName, name]]));
    batch.series.push(series);
    batch.timesMs.push(nowMs);
    batch.values.push(1);
    batch.kinds.push(0);
  }

  private tellMetadata(batch: SampleBatch, family: string, { description: help, unit, data }: OtlpMetric): void {
    const type = typeOf(data);
    const key = `${type} ${unit} ${help}`;
    if (this.told.get(family) !== key) {
      this.told.set(family, key);
      batch.metadata.push({ family, type, help, unit: prometheusUnit(unit) });
    }
  }
}

function addData(data: OtlpData, sink: PointSink, classicToCustomBuckets: boolean): void {
  switch (data.kind) {
    case "none":
      return;
    case "gauge":
      addNumbers(data.points, sink, false);
      return;
    case "sum":
      addNumbers(data.points, sink, data.isMonotonic);
      return;
    case "histogram":
      for (const point of data.points) {
        addHistogramPoint(point, sink, classicToCustomBuckets);
      }
      return;
    case "exponential":
      for (const point of data.points) {
        addExponential(point, sink);
      }
      return;
    case "summary":
      for (const point of data.points) {
        addSummary(point, sink);
      }
  }
}

function typeOf(data: OtlpData): MetricType {
  switch (data.kind) {
    case "none":
      return "unknown";
    case "gauge":
      return "gauge";
    case "sum":
      return data.isMonotonic ? "counter" : "gauge";
    case "histogram":
    case "exponential":
      return "histogram";
    case "summary":
      return "summary";
  }
}

/** `job` and `instance` of a resource. */
function identityOf(attributes: readonly OtlpAttribute[]): readonly OtlpAttribute[] {
  const value = new Map(attributes);
  const name = value.get("service.name") ?? "";
  const namespace = value.get("service.namespace");
  // As the Collector: an empty namespace counts, a namespace without a name does not.
  const job = name !== "" && namespace !== undefined ? `${namespace}/${name}` : name;
  return [
    ["job", job],
    ["instance", value.get("service.instance.id") ?? ""],
  ];
}

function targetAttributes({ attributes }: OtlpResource, keepIdentifying: boolean): readonly OtlpAttribute[] {
  return attributes
    .filter(([name]) => keepIdentifying || !identifying.includes(name))
    .toSorted(([a], [b]) => compareNames(a, b))
    .map(([name, value]) => [prometheusLabel(name), value]);
}
