import type { LabelSet } from "../entry.ts";

/** A metric that a configuration makes of lines: one series for each set of labels that lines have. */
export interface LineMetricDefinition {
  /** With its prefix, as it stands on the metrics page. */
  readonly name: string;
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Upper bounds of a histogram, ascending, without +Inf. */
  readonly buckets?: readonly number[];
  /** A series that has not changed for this long is shown once more and then forgotten. */
  readonly maxIdleMs: number;
}

/** Where lines leave their numbers. Nothing here throws. */
export interface LineMetric {
  /** Adds to a counter or gauge. */
  add(labels: LabelSet, by: number): void;
  /** Sets a gauge. */
  set(labels: LabelSet, value: number): void;
  /** Puts a value into a histogram. */
  observe(labels: LabelSet, value: number): void;
}
