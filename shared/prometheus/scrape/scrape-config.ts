import type { NameScheme } from "../labels.ts";
import type { Relabel } from "../relabel/relabel.ts";
import type { HistogramLimits } from "./limit-histogram.ts";

/** Limits of a scrape; 0 means none. */
export interface ScrapeLimits {
  readonly samples: number;
  readonly labels: number;
  readonly labelNameBytes: number;
  readonly labelValueBytes: number;
}

/** How the samples of one target are taken. */
export interface SampleRules {
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly nameScheme: NameScheme;
  readonly limits: ScrapeLimits;
  /** Whether the report has the series of `extra_metrics`. */
  readonly extraMetrics: boolean;
  /** Absent: labels stay as they are, and a new line costs no string. */
  readonly relabel?: Relabel;
  /** What is taken of native histograms, which only protobuf has. */
  readonly histograms: HistogramLimits & {
    readonly native: boolean;
    readonly classicToo: boolean;
    /** Whether classic histograms become native ones with custom buckets. */
    readonly convertClassic?: boolean;
  };
}

/** The report of a scrape, beside its samples. */
export interface ScrapeReport {
  readonly up: boolean;
  readonly durationSeconds: number;
  readonly scraped: number;
  readonly afterRelabelling: number;
  readonly seriesAdded: number;
}

/** A scrape protocol by Alloy's name, in the order of `scrape_protocols`. */
export type ScrapeProtocol =
  | "OpenMetricsText1.0.0"
  | "OpenMetricsText0.0.1"
  | "PrometheusText1.0.0"
  | "PrometheusText0.0.4"
  | "PrometheusProto";
