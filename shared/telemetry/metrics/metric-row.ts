/** How values of a metric add up. */
export type MetricKind = "counter" | "gauge" | "histogram";

/** One metric: its name is its key in the table, its unit is in its name (Prometheus, "Metric and label naming"). */
export interface Metric {
  readonly kind: MetricKind;
  readonly help: string;
  readonly labels: readonly string[];
  /** Label combinations, and characters of a label's value, where the usual limits do not fit. */
  readonly bounds?: MetricBounds;
  /** Upper bounds of a histogram's buckets, ascending, without +Inf. */
  readonly buckets?: readonly number[];
}

/** Most combinations of labels, and most characters of a label's value. */
export interface MetricBounds {
  readonly maxPoints: number;
  readonly maxLabelLength: number;
}

/** A row of a counter. */
export function counter<const Label extends string>(help: string, labels: readonly Label[], bounds?: MetricBounds) {
  return { kind: "counter", help, labels, ...(bounds && { bounds }) } as const;
}

/** A row of a gauge. */
export function gauge<const Label extends string>(help: string, labels: readonly Label[], bounds?: MetricBounds) {
  return { kind: "gauge", help, labels, ...(bounds && { bounds }) } as const;
}

/** A row of a histogram. */
export function histogram<const Label extends string>(
  help: string,
  buckets: readonly number[],
  labels: readonly Label[],
) {
  return { kind: "histogram", help, buckets, labels } as const;
}
