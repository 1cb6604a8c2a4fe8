import { afterMs } from "../../../shared/clock.ts";
import { labelPairs } from "../../../shared/prometheus/labels.ts";
import type { SampleBatch, SampleReceiver } from "../../../shared/prometheus/sample.ts";
import { schemaOfFactor } from "../../../shared/prometheus/scrape/limit-histogram.ts";
import type { SampleRules } from "../../../shared/prometheus/scrape/scrape-config.ts";
import { alignedTimeMs, type ScrapeTarget, scrapeOffsetMs } from "../../../shared/prometheus/scrape/scrape-target.ts";
import {
  createTargetScrape,
  type ScrapeAnswer,
  type Scraped,
} from "../../../shared/prometheus/scrape/target-scrape.ts";
import type { ComponentContext } from "../../controller/component.ts";
import { type ScrapeArgs, scrapesNative } from "./scrape-arguments.ts";

/** The scrapes of one target, for as long as it is there. */
export interface ScrapeLoop {
  stop(): Promise<void>;
  /** The target is gone: no scrape any more, and stale markers after two intervals unless it comes back. */
  leave(): Promise<void>;
  /** The target is there, again or still. */
  stay(): void;
  status(): Readonly<Record<string, unknown>>;
}

export interface ScrapeLoopOptions extends Pick<ComponentContext<unknown>, "id" | "emit" | "metrics" | "clock"> {
  readonly args: () => ScrapeArgs;
  readonly receiver: () => SampleReceiver;
  readonly fetch: (target: ScrapeTarget, abort: AbortSignal) => Promise<ScrapeAnswer>;
}

/** Two intervals and a tenth: as long as a target may be away without its series ending. */
const awayIntervals = 2.1;
/** Scrapes of a target whose samples are not durable yet; further ones are left out. */
const maxSending = 4;

/** Scrapes a target at its place in the interval until it is stopped. */
export function startScrapeLoop(target: ScrapeTarget, options: ScrapeLoopOptions): ScrapeLoop {
  const { id, emit, metrics, clock } = options;
  const { intervalMs } = target;
  const component = { component_id: id };
  const offsetMs = scrapeOffsetMs(target);
  const scrape = createTargetScrape(target.labels, rulesOf(options.args(), target));
  const last: LastScrape = { health: "unknown", error: "", at: 0, seconds: 0, samples: 0 };
  const sender = createSender(target, options);
  let working: { readonly abort: AbortController; readonly done: Promise<void> } | undefined = work();
  let away: AbortController | undefined;

  function work(): { readonly abort: AbortController; readonly done: Promise<void> } {
    const abort = new AbortController();
    return { abort, done: run(abort.signal) };
  }

  async function run(abort: AbortSignal): Promise<void> {
    // One listener for all waits: adding one for each costs more than the timer.
    let endWait = (): void => {};
    abort.addEventListener("abort", () => endWait(), { once: true });
    let scheduledMs = nextAfter(clock.now(), { intervalMs, offsetMs });
    while (!abort.aborted) {
      await new Promise<void>((resolve) => {
        const cancel = afterMs(clock, scheduledMs - clock.now(), resolve);
        endWait = () => {
          cancel();
          resolve();
        };
      });
      if (abort.aborted) {
        return;
      }
      await once(scheduledMs, abort);
      const next = nextAfter(clock.now(), { intervalMs, offsetMs });
      const following = scheduledMs + intervalMs;
      // Further away than that, the clock was set back: nobody waits until it is as late again.
      scheduledMs = following - next > intervalMs ? next : Math.max(following, next);
    }
  }

  async function once(scheduledMs: number, abort: AbortSignal): Promise<void> {
    if (sender.sending() >= maxSending) {
      metrics.add("prometheus_target_scrapes_skipped_total", component);
      const reason = `the samples of ${sender.sending()} earlier scrapes are not durable yet`;
      emit("scrape.skipped", { url: target.url, reason });
      return;
    }
    const startMs = clock.now();
    const answer = await options.fetch(target, abort);
    if (abort.aborted) {
      return;
    }
    if (last.at > 0)
      metrics.observe("prometheus_target_interval_length_seconds", component, (startMs - last.at) / 1_000);
    const durationSeconds = (clock.now() - startMs) / 1_000;
    const timeMs = alignedTimeMs(startMs, scheduledMs, intervalMs);
    const scraped = scrape.take(answer, { timeMs, durationSeconds, timeoutSeconds: target.timeoutMs / 1_000 });
    Object.assign(last, {
      health: scraped.report.up ? "up" : "down",
      error: scraped.reason ?? "",
      at: startMs,
      seconds: durationSeconds,
      samples: scraped.report.scraped,
    });
    tellScraped(scraped, { target, component, emit, metrics });
    sender.send(scraped.batch);
  }

  async function pause(): Promise<void> {
    const { abort, done } = working ?? {};
    working = undefined;
    abort?.abort();
    await done;
  }

  return {
    async stop() {
      away?.abort();
      await pause();
    },
    async leave() {
      await pause();
      const mine = new AbortController();
      away = mine;
      await clock.sleep(intervalMs * awayIntervals, mine.signal);
      if (!mine.signal.aborted) {
        sender.send(scrape.end(Math.floor(clock.now())));
      }
    },
    stay() {
      away?.abort();
      away = undefined;
      working ??= work();
    },
    status: () => statusOf(target, last),
  };
}

interface Sender {
  send(batch: SampleBatch): void;
  /** Batches that are not durable yet. */
  sending(): number;
}

function createSender({ url }: ScrapeTarget, { id, emit, metrics, receiver }: ScrapeLoopOptions): Sender {
  let sending = 0;
  return {
    sending: () => sending,
    send(batch) {
      sending++;
      metrics.add("prometheus_forwarded_samples_total", { component_id: id }, batch.series.length);
      receiver()
        .consume(batch)
        .catch((error: unknown) => emit("scrape.unusual", { url, message: String(error).slice(0, 300) }))
        .finally(() => {
          sending--;
        });
    },
  };
}

/** The target's next place in the interval after a time. */
function nextAfter(nowMs: number, place: { readonly intervalMs: number; readonly offsetMs: number }): number {
  const { intervalMs, offsetMs } = place;
  return (Math.floor((nowMs - offsetMs) / intervalMs) + 1) * intervalMs + offsetMs;
}

interface TellOptions extends Pick<ScrapeLoopOptions, "emit" | "metrics"> {
  readonly target: ScrapeTarget;
  readonly component: { readonly component_id: string };
}

function tellScraped(
  { reason, duplicates, outOfOrder, outOfBounds }: Scraped,
  { target, component, emit, metrics }: TellOptions,
): void {
  if (reason !== undefined) {
    metrics.add("prometheus_target_scrapes_failed_total", component);
    emit("scrape.failed", { url: target.url, message: reason.slice(0, 500) });
  }
  if (duplicates > 0) {
    metrics.add("prometheus_target_scrapes_sample_duplicate_timestamp_total", component, duplicates);
  }
  if (outOfOrder > 0) {
    metrics.add("prometheus_target_scrapes_sample_out_of_order_total", component, outOfOrder);
  }
  if (outOfBounds > 0) {
    metrics.add("prometheus_target_scrapes_sample_out_of_bounds_total", component, outOfBounds);
  }
  const message = `${duplicates} samples of series that came before, ${outOfOrder} older than the one before them, ${outOfBounds} from the future`;
  if (duplicates + outOfOrder + outOfBounds > 0) {
    emit("scrape.unusual", { url: target.url, message });
  }
}

interface LastScrape {
  readonly health: string;
  readonly error: string;
  readonly at: number;
  readonly seconds: number;
  readonly samples: number;
}

function statusOf(target: ScrapeTarget, last: LastScrape): Readonly<Record<string, unknown>> {
  return {
    job: target.labels[target.labels.indexOf("job") + 1] ?? "",
    url: target.url,
    health: last.health,
    labels: Object.fromEntries(labelPairs(target.labels)),
    last_error: last.error,
    last_scrape: last.at === 0 ? "" : new Date(last.at).toISOString(),
    last_scrape_duration: `${last.seconds}s`,
    last_scrape_samples: last.samples,
  };
}

function rulesOf(args: ScrapeArgs, { histograms }: ScrapeTarget): SampleRules {
  return {
    honorLabels: args.honor_labels,
    honorTimestamps: args.honor_timestamps,
    trackTimestampsStaleness: args.track_timestamps_staleness,
    nameScheme: args.metric_name_validation_scheme,
    limits: {
      samples: args.sample_limit,
      labels: args.label_limit,
      labelNameBytes: args.label_name_length_limit,
      labelValueBytes: args.label_value_length_limit,
    },
    extraMetrics: args.extra_metrics,
    histograms: {
      native: scrapesNative(args),
      classicToo: args.scrape_classic_histograms,
      convertClassic: args.convert_classic_histograms_to_nhcb,
      buckets: args.native_histogram_bucket_limit,
      maxSchema: schemaOfFactor(args.native_histogram_min_bucket_factor),
      ...histograms,
    },
  };
}
