import { labelPairs } from "../labels.ts";
import type { MetricMetadata, MetricType, SampleBatch } from "../sample.ts";
import { groupMetrics, type MetricGroup, type ScopeGroup, type TargetGroup } from "./metric-groups.ts";
import { ucumUnit } from "./metric-names.ts";
import { OtlpWriter } from "./otlp-writer.ts";
import { type PointWriter, writeHistograms, writeNatives, writeNumbers, writeSummaries } from "./write-points.ts";

const cumulative = 2;
const withTypes: readonly MetricType[] = ["counter", "gauge", "histogram", "summary", "info", "stateset", "unknown"];
/** Labels that become something else than attributes of a point. */
const consumed = new Set(["__name__", "job", "instance", "otel_scope_name", "otel_scope_version"]);

/** An `ExportMetricsServiceRequest`, and how many points it has; `dropped` have no form in OTLP. */
export interface ToOtlpResult {
  readonly bytes: Uint8Array;
  readonly points: number;
  readonly dropped: number;
}

/** Turns samples into OTLP metrics (OpenTelemetry specification, "Prometheus Metric points to OTLP"). */
export interface ToOtlp {
  convert(batch: SampleBatch): ToOtlpResult;
}

const maxFamilies = 100_000;

/** Remembers what is known about families, which batches bring only when it is new. */
export function createToOtlp(): ToOtlp {
  const families = new Map<string, MetricMetadata>();
  return {
    convert(batch) {
      for (const metadata of batch.metadata) {
        if (families.size < maxFamilies || families.has(metadata.family)) {
          families.set(metadata.family, metadata);
        }
      }
      const out = new OtlpWriter();
      const counts = { points: 0, dropped: 0 };
      for (const target of groupMetrics(batch, (name) => families.get(name))) {
        writeTarget(out, target, { batch, counts });
      }
      return { bytes: out.finish(), ...counts };
    },
  };
}

interface Given {
  readonly batch: SampleBatch;
  readonly counts: { points: number; dropped: number };
}

function writeTarget(out: OtlpWriter, target: TargetGroup, given: Given): void {
  if (target.scopes.size === 0) {
    return;
  }
  out.message(1, () => {
    out.message(1, () => {
      for (const attribute of resourceOf(target)) {
        out.attribute(1, attribute);
      }
    });
    for (const scope of target.scopes.values()) {
      writeScope(out, scope, given);
    }
  });
}

function writeScope(out: OtlpWriter, scope: ScopeGroup, given: Given): void {
  out.message(2, () => {
    out.message(1, () => {
      out.text(1, scope.name);
      out.text(2, scope.version);
    });
    for (const group of scope.metrics.values()) {
      writeMetric(out, group, given);
    }
  });
}

function writeMetric(out: OtlpWriter, group: MetricGroup, { batch, counts }: Given): void {
  const write = writerOf(group);
  const data = write && new OtlpWriter();
  const written = data ? write(data, group, { batch, attributesOf }) : { points: 0, dropped: group.rows.length };
  counts.points += written.points;
  counts.dropped += written.dropped;
  if (!data || written.points === 0) {
    return;
  }
  out.message(2, () => {
    out.text(1, group.name);
    out.text(2, group.metadata?.help ?? "");
    out.text(3, ucumUnit(group.metadata?.unit ?? ""));
    out.bytes(fieldOf(group), data.finish());
    out.attribute(12, ["prometheus.type", group.type]);
  });
}

function writerOf({ type, isNative }: MetricGroup): PointWriter | undefined {
  if (isNative) {
    return writeNatives;
  }
  if (!withTypes.includes(type)) {
    return undefined;
  }
  if (type === "histogram") {
    return writeHistograms;
  }
  if (type === "summary") {
    return writeSummaries;
  }
  return (out, group, given) => {
    const written = writeNumbers(out, group, given);
    if (fieldOf(group) === 7) {
      out.varint(2, cumulative);
      if (type === "counter") {
        out.varint(3, 1);
      }
    }
    return written;
  };
}

/** The field of `Metric` that a group's data goes into. */
function fieldOf({ type, isNative }: MetricGroup): number {
  if (isNative) {
    return 10;
  }
  switch (type) {
    case "counter":
    case "info":
    case "stateset":
      return 7;
    case "histogram":
      return 9;
    case "summary":
      return 11;
    default:
      return 5;
  }
}

function attributesOf(labels: readonly string[], without?: string): readonly (readonly [string, string])[] {
  return labelPairs(labels).filter(([name]) => !consumed.has(name) && name !== without);
}

function resourceOf({ job, instance, info }: TargetGroup): readonly (readonly [string, string])[] {
  const place = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]*))(?::(?<port>\d+))?$/.exec(instance)?.groups;
  const server = place?.v6 ?? place?.host ?? instance;
  const all: (readonly [string, string])[] = [
    ["service.name", job],
    ["service.instance.id", instance],
    ["server.address", server],
    ["server.port", place?.port ?? ""],
    ...info,
  ];
  return all.filter(([, value]) => value !== "");
}
