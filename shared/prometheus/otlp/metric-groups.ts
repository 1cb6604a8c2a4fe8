import { type Labels, labelPairs, labelValue, metricName } from "../labels.ts";
import { type MetricMetadata, type MetricType, type SampleBatch, sampleKind } from "../sample.ts";
import { createSeriesMemo } from "../series.ts";

/** One row of a batch. */
export interface Row {
  readonly index: number;
  readonly labels: Labels;
}

/** Rows that become one metric. */
export interface MetricGroup {
  readonly name: string;
  readonly type: MetricType;
  readonly metadata: MetricMetadata | undefined;
  readonly isNative: boolean;
  readonly rows: Row[];
}

/** Metrics of one scope. */
export interface ScopeGroup {
  readonly name: string;
  readonly version: string;
  readonly metrics: Map<string, MetricGroup>;
}

/** Metrics of one target. */
export interface TargetGroup {
  readonly job: string;
  readonly instance: string;
  /** Labels of `target_info`, which describe the target. */
  readonly info: [string, string][];
  readonly scopes: Map<string, ScopeGroup>;
}

/** A series that was scraped has only the bytes of its labels. */
const labelsIn = createSeriesMemo(({ labels }) => labels);

/** Looks for the family of a sample: under its own name, or without the suffix that its type adds. */
export type FamilyOf = (name: string) => MetricMetadata | undefined;

const suffixes: readonly (readonly [string, readonly MetricType[]])[] = [
  ["_bucket", ["histogram", "gaugehistogram"]],
  ["_count", ["histogram", "summary"]],
  ["_sum", ["histogram", "summary"]],
  ["_total", ["counter"]],
  ["_gcount", ["gaugehistogram"]],
  ["_gsum", ["gaugehistogram"]],
  ["_info", ["info"]],
];

/** Puts rows together: by target, by scope, by metric. */
export function groupMetrics(batch: SampleBatch, familyOf: FamilyOf): readonly TargetGroup[] {
  const targets = new Map<string, TargetGroup>();
  for (const [index, series] of batch.series.entries()) {
    const labels = labelsIn.get(series);
    const job = labelValue(labels, "job");
    const instance = labelValue(labels, "instance");
    const key = `${job}\xff${instance}`;
    let target = targets.get(key);
    if (!target) {
      target = { job, instance, info: [], scopes: new Map() };
      targets.set(key, target);
    }
    const name = labelValue(labels, metricName);
    if (name === "target_info") {
      target.info.push(...labelPairs(labels).filter(([label]) => !["job", "instance", metricName].includes(label)));
      continue;
    }
    const isNative = batch.kinds[index] === sampleKind.histogram;
    addRow(target, { index, labels }, { ...findFamily(name, familyOf), isNative });
  }
  return [...targets.values()];
}

/** Whether a sample's name is its family's with a suffix. */
export function suffixOf(name: string, family: string): string {
  return name.startsWith(family) ? name.slice(family.length) : "";
}

function addRow(
  target: TargetGroup,
  row: Row,
  found: { readonly name: string; readonly metadata: MetricMetadata | undefined; readonly isNative: boolean },
): void {
  const scopeName = labelValue(row.labels, "otel_scope_name");
  const version = labelValue(row.labels, "otel_scope_version");
  const scopeKey = `${scopeName}\xff${version}`;
  let scope = target.scopes.get(scopeKey);
  if (!scope) {
    scope = { name: scopeName, version, metrics: new Map() };
    target.scopes.set(scopeKey, scope);
  }
  const { name, metadata, isNative } = found;
  const key = isNative ? `${name}\xffnative` : name;
  const group = scope.metrics.get(key) ?? { name, type: metadata?.type ?? "unknown", metadata, isNative, rows: [] };
  scope.metrics.set(key, group);
  group.rows.push(row);
}

/** The name of the metric that a sample belongs to: a counter keeps its own. */
function findFamily(
  name: string,
  familyOf: FamilyOf,
): { readonly name: string; readonly metadata: MetricMetadata | undefined } {
  const own = familyOf(name);
  if (own) {
    return { name, metadata: own };
  }
  for (const [suffix, types] of suffixes) {
    const metadata = name.endsWith(suffix) ? familyOf(name.slice(0, -suffix.length)) : undefined;
    if (metadata && types.includes(metadata.type)) {
      const keepsName = metadata.type === "counter" || metadata.type === "info";
      return { name: keepsName ? name : metadata.family, metadata };
    }
  }
  return { name, metadata: undefined };
}
