import { labelsOf } from "../../shared/prometheus/labels.ts";
import type { BucketSpan, NativeHistogram } from "../../shared/prometheus/native-histogram.ts";
import { type SampleBatch, sampleKind } from "../../shared/prometheus/sample.ts";
import { negotiateFormat } from "../../shared/prometheus/scrape/exposition-format.ts";
import { createTargetScrape, type ScrapeAnswer } from "../../shared/prometheus/scrape/target-scrape.ts";
import type { Answer, RandomTarget } from "./random-target.ts";

/** What came of a target's scrapes: by labels as JSON, each sample and each exemplar as a line. */
export interface Verdict {
  readonly series: Readonly<Record<string, readonly string[]>>;
  readonly exemplars: Readonly<Record<string, readonly string[]>>;
  readonly problem?: string;
}

const STALE = "7ff0000000000002";
const SCRAPE_MS = 400;

/** Scrapes the target's answers one after another. */
export function ourVerdict({ rules, fallback, answers }: RandomTarget, baseMs: number): Verdict {
  const target = labelsOf([
    ["instance", "i"],
    ["job", "j"],
    ["zone", "z"],
  ]);
  const scrape = createTargetScrape(target, rules);
  const series: Record<string, string[]> = {};
  const exemplars: Record<string, string[]> = {};
  const newest = new Map<string, number>();
  for (const [index, answer] of answers.entries()) {
    const timeMs = baseMs + (index + 1) * SCRAPE_MS;
    const timing = { timeMs, durationSeconds: 0, timeoutSeconds: SCRAPE_MS / 1_000 };
    const { batch } = scrape.take(given(answer, fallback), timing);
    const nameOf = (at: number): string => (at === timeMs ? `#${index}` : String(at - baseMs));
    addRows(batch, { series, newest }, nameOf);
    addExemplars(batch, exemplars, nameOf);
  }
  return { series, exemplars };
}

function given({ contentType, body, status }: Answer, fallback: RandomTarget["fallback"]): ScrapeAnswer {
  if (status !== 200) return { kind: "failed", reason: `server returned HTTP status ${status}` };
  const format = negotiateFormat(contentType, fallback);
  return format.kind === "failed"
    ? { ...format, bodyBytes: body.length }
    : { kind: "body", body, format: format.format };
}

interface Rows {
  readonly series: Record<string, string[]>;
  readonly newest: Map<string, number>;
}

function addRows(batch: SampleBatch, all: Rows, nameOf: (at: number) => string): void {
  const { newest } = all;
  for (const [row, { labels }] of batch.series.entries()) {
    const timeMs = batch.timesMs[row] ?? 0;
    const key = JSON.stringify(labels);
    // A series that ended and comes back with an older time: the receiver refuses that sample.
    if (timeMs <= (newest.get(key) ?? 0)) continue;
    newest.set(key, timeMs);
    const histogram = batch.histograms.get(row);
    const isStale = batch.kinds[row] === sampleKind.stale;
    const shown = histogram ? show(histogram) : isStale ? STALE : bitsOf(batch.values[row] ?? 0);
    all.series[key] ??= [];
    all.series[key].push(`${nameOf(timeMs)} ${shown}`);
  }
}

function addExemplars(batch: SampleBatch, all: Record<string, string[]>, nameOf: (at: number) => string): void {
  for (const [row, exemplars] of batch.exemplars) {
    for (const { labels, value, timeMs } of exemplars) {
      const time = nameOf(timeMs ?? batch.timesMs[row] ?? 0);
      const key = JSON.stringify(batch.series[row]?.labels);
      all[key] ??= [];
      all[key].push(`${time} ${bitsOf(value)} ${JSON.stringify(labels)}`);
    }
  }
}

function show(h: NativeHistogram): string {
  const zero = `zero ${goFloat(h.zeroThreshold)} ${h.zeroCount}`;
  const positive = buckets(h.positiveSpans, numbersOf(h, h.positiveBuckets)).map(([at, count]) => ` +${at}:${count}`);
  const negative = buckets(h.negativeSpans, numbersOf(h, h.negativeBuckets)).map(([at, count]) => ` -${at}:${count}`);
  const custom = h.customValues.length > 0 ? ` [${h.customValues.join(" ")}]` : "";
  const gauge = h.resetHint === 3 ? " gauge" : "";
  return `schema ${h.schema} count ${h.count} sum ${bitsOf(h.sum)} ${zero}${positive.join("")}${negative.join("")}${custom}${gauge}`;
}

function goFloat(value: number): string {
  return String(value).replace(/e([+-])(\d)$/, "e$10$2");
}

function numbersOf({ counts }: NativeHistogram, given: readonly number[]): readonly number[] {
  let sum = 0;
  return counts === "float" ? given : given.map((delta) => (sum += delta));
}

function buckets(spans: readonly BucketSpan[], counts: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  let index = 0;
  let bucket = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++, index++, bucket++) {
      if (counts[bucket] !== 0) found.push([index, counts[bucket] ?? 0]);
    }
  }
  return found;
}

function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Number.isNaN(value) ? "7ff8000000000001" : bytes.toString("hex");
}
