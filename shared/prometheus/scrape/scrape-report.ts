import { type Labels, labelPairs, labelsOf, metricName } from "../labels.ts";
import { addSample, addStaleMarker, type SampleBatch } from "../sample.ts";
import { seriesOf } from "../series.ts";
import type { ScrapeReport } from "./scrape-config.ts";

/** When a scrape began and how long it took. */
export interface ScrapeTiming {
  /** Time of the samples that have none of their own, milliseconds since 1970. */
  readonly timeMs: number;
  readonly durationSeconds: number;
  readonly timeoutSeconds: number;
}

/** The series about the scrapes of one target (prometheus.md §5). */
export interface ReportSeries {
  add(
    batch: SampleBatch,
    report: ScrapeReport,
    given: { readonly timing: ScrapeTiming; readonly sampleLimit: number; readonly bodyBytes: number },
  ): void;
  /** Stale markers for all of them. */
  end(batch: SampleBatch, timeMs: number): void;
}

/** They have the labels of the target only; `extra` are those of `extra_metrics`. */
export function createReportSeries(target: Labels, extra: boolean): ReportSeries {
  const made = (name: string) => seriesOf(labelsOf([...labelPairs(target), [metricName, name]]));
  const series = {
    up: made("up"),
    duration: made("scrape_duration_seconds"),
    scraped: made("scrape_samples_scraped"),
    afterRelabelling: made("scrape_samples_post_metric_relabeling"),
    added: made("scrape_series_added"),
  };
  const extras = {
    timeout: made("scrape_timeout_seconds"),
    sampleLimit: made("scrape_sample_limit"),
    bodyBytes: made("scrape_body_size_bytes"),
  };

  return {
    add(batch, report, { timing, sampleLimit, bodyBytes }) {
      const { timeMs } = timing;
      addSample(batch, series.up, { timeMs, value: report.up ? 1 : 0 });
      addSample(batch, series.duration, { timeMs, value: report.durationSeconds });
      addSample(batch, series.scraped, { timeMs, value: report.scraped });
      addSample(batch, series.afterRelabelling, { timeMs, value: report.afterRelabelling });
      addSample(batch, series.added, { timeMs, value: report.seriesAdded });
      if (extra) {
        addSample(batch, extras.timeout, { timeMs, value: timing.timeoutSeconds });
        addSample(batch, extras.sampleLimit, { timeMs, value: sampleLimit });
        addSample(batch, extras.bodyBytes, { timeMs, value: bodyBytes });
      }
    },
    end(batch, timeMs) {
      for (const each of [...Object.values(series), ...(extra ? Object.values(extras) : [])]) {
        addStaleMarker(batch, each, timeMs);
      }
    },
  };
}
