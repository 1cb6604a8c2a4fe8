import type { Attribute } from "../otlp/write-attribute.ts";
import type { MetricPoint } from "./metric-point.ts";
import { gaugeName, statisticSuffix } from "./metric-stream/metric-name.ts";
import { gaugeUnit } from "./units.ts";

/** Whose the points are; both become attributes, since attributes of a resource are no labels. */
export interface PointOrigin {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * The gauges that a metric stream of the same metric becomes: one for each statistic, under the same names and with the same attributes
 * (decision 0190). A value that is no summary stays what it is.
 */
export function asGauges(point: MetricPoint, { account, region }: PointOrigin): readonly MetricPoint[] {
  const { name, unit, timeMs, value } = point;
  if (typeof value === "number") return [point];
  const [namespace, ...dimensions] = point.attributes;
  const attributes: readonly Attribute[] = [
    ...(namespace ? [namespace] : []),
    { name: "MetricName", value: name },
    ...dimensions.map((each) => ({ ...each, name: `dimension_${each.name}` })),
    ...(account ? [{ name: "account_id", value: account }] : []),
    ...(region ? [{ name: "region", value: region }] : []),
  ];
  const { count, sum, min, max } = value;
  const statistics = { average: sum / count, sum, sample_count: count, minimum: min, maximum: max };
  const prefix = gaugeName(String(namespace?.value ?? ""), name);
  return Object.entries(statistics).map(([statistic, one]) => ({
    name: `${prefix}_${statisticSuffix(statistic)}`,
    unit: statistic === "sample_count" ? "{Count}" : gaugeUnit(unit),
    timeMs,
    attributes,
    value: one,
  }));
}
