import type { Attribute } from "../otlp/write-attribute.ts";

/** One value of a metric, or the sum of several of one moment. */
export interface MetricPoint {
  readonly name: string;
  /** UCUM. */
  readonly unit: string;
  /** Milliseconds since 1970; undefined means that of the line it comes from. */
  readonly timeMs: number | undefined;
  readonly attributes: readonly Attribute[];
  readonly value: number | MetricSummary;
  /** The summary is written as a gauge for each of its statistics. */
  readonly splits?: true;
}

/** What a number of values come to. */
export interface MetricSummary {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Points of one origin. */
export interface ResourcePoints {
  readonly resource: readonly Attribute[];
  readonly points: readonly MetricPoint[];
}
