import type { Attribute } from "../otlp/write-attribute.ts";
import type { MetricPoint, MetricSummary } from "./metric-point.ts";
import { gaugeName } from "./metric-stream/metric-name.ts";
import { gaugeUnit } from "./units.ts";

/** Whose the points are; both become attributes, since attributes of a resource do not become labels. */
export interface PointOrigin {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** What a summary comes to as gauges, by the ends of their names; as `metric-stream/gauges.ts` has them. */
export const summaryStatistics: readonly {
  readonly suffix: string;
  /** Another one than that of the metric. */
  readonly unit?: string;
  readonly of: (summary: MetricSummary) => number;
}[] = [
  { suffix: "average", of: ({ sum, count }) => sum / count },
  { suffix: "sum", of: ({ sum }) => sum },
  { suffix: "sample_count", unit: "{Count}", of: ({ count }) => count },
  { suffix: "minimum", of: ({ min }) => min },
  { suffix: "maximum", of: ({ max }) => max },
];

/**
 * The point that becomes the gauges that a metric stream of the same metric becomes: one for each statistic, under the same names and with
 * the same attributes (decision 0190). A value that is not a summary stays as it is.
 */
export function asGauges(point: MetricPoint, { account, region }: PointOrigin): MetricPoint {
  const { name, unit, timeMs, value } = point;
  if (typeof value === "number") return point;
  const [namespace, ...dimensions] = point.attributes;
  const attributes: Attribute[] = namespace ? [namespace] : [];
  attributes.push({ name: "MetricName", value: name });
  for (const dimension of dimensions) attributes.push({ ...dimension, name: `dimension_${dimension.name}` });
  if (account) attributes.push({ name: "account_id", value: account });
  if (region) attributes.push({ name: "region", value: region });
  const prefix = gaugeName(String(namespace?.value ?? ""), name);
  return { name: prefix, unit: gaugeUnit(unit), timeMs, attributes, value, splits: true };
}

/** How many data points of a request come of it. */
export function pointsOf({ splits }: MetricPoint): number {
  return splits ? summaryStatistics.length : 1;
}
