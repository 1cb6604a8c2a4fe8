/** An attribute of OTLP: its name and its value as text, as labels have it. */
export type OtlpAttribute = readonly [string, string];

/** Times of a point: milliseconds since 1970; undefined beyond what Prometheus can hold. */
interface PointTimes {
  readonly timeMs: number | undefined;
  readonly attributes: readonly OtlpAttribute[];
  /** The flag NO_RECORDED_VALUE. */
  readonly isStale: boolean;
}

export interface OtlpExemplar {
  readonly timeMs: number;
  readonly value: number;
  /** Hexadecimal; empty where it is absent. */
  readonly traceId: string;
  readonly spanId: string;
}

export interface NumberPoint extends PointTimes {
  readonly value: number;
  readonly exemplars: readonly OtlpExemplar[];
}

export interface HistogramPoint extends PointTimes {
  readonly count: number;
  readonly sum: number | undefined;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly exemplars: readonly OtlpExemplar[];
}

/** One side of an exponential histogram. */
export interface ExponentialBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

export interface ExponentialPoint extends PointTimes {
  readonly count: number;
  readonly sum: number | undefined;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
  readonly exemplars: readonly OtlpExemplar[];
}

export interface SummaryPoint extends PointTimes {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly (readonly [number, number])[];
}

export type OtlpTemporality = "unspecified" | "delta" | "cumulative";

/** The data of a metric. */
export type OtlpData =
  | { readonly kind: "none" }
  | { readonly kind: "gauge"; readonly points: readonly NumberPoint[] }
  | {
      readonly kind: "sum";
      readonly points: readonly NumberPoint[];
      readonly temporality: OtlpTemporality;
      readonly isMonotonic: boolean;
    }
  | { readonly kind: "histogram"; readonly points: readonly HistogramPoint[]; readonly temporality: OtlpTemporality }
  | {
      readonly kind: "exponential";
      readonly points: readonly ExponentialPoint[];
      readonly temporality: OtlpTemporality;
    }
  | { readonly kind: "summary"; readonly points: readonly SummaryPoint[] };

export interface OtlpMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly data: OtlpData;
}

export interface OtlpScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly metrics: readonly OtlpMetric[];
}

export interface OtlpResource {
  readonly attributes: readonly OtlpAttribute[];
  readonly scopes: readonly OtlpScope[];
}
