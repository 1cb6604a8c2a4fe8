import { isArray, isObject, type ObjectValue } from "../../shared/alloy/value.ts";
import { formats } from "../../shared/batch/formats.ts";
import type { Entry } from "../../shared/loki/entry.ts";
import { formatLabels } from "../../shared/loki/labels.ts";
import type { SampleBatch } from "../../shared/prometheus/sample.ts";
import { sampleText } from "../../shared/prometheus/sample-text.ts";
import type { SignalName } from "../../shared/signal.ts";
import { toJson } from "../../shared/wire/to-json.ts";
import type { OtlpRequest } from "./capsules.ts";
import type { PassingType } from "./live-debugging.ts";

/** How live debugging names the data of each signal. */
export const otlpTypes: Readonly<Record<SignalName, PassingType>> = {
  traces: "otel_trace",
  metrics: "otel_metric",
  logs: "otel_log",
};

/** Texts of one batch; the rest is a number. */
const maxTexts = 100;
const maxTextLength = 20_000;
/** Larger requests are not decoded for people to look at. */
const maxShownBytes = 256 * 1024;

/** An OTLP request as JSON, one text. */
export function otlpTexts({ format, items, bytes }: OtlpRequest): readonly string[] {
  const { signal, message } = formats[format];
  const content = bytes.length > maxShownBytes ? "too large to be shown" : JSON.stringify(toJson(bytes, message));
  return [cut(`${signal}, items: ${items}, bytes: ${bytes.length}, content: ${content}`)];
}

/** Log entries, a text each. */
export function entryTexts(entries: readonly Entry[]): readonly string[] {
  return limited(entries, ({ timeUnixNano, line, labels, metadata }) => {
    const structured = metadata.length > 0 ? `, structured_metadata: ${formatLabels(metadata)}` : "";
    return `timestamp: ${timeText(timeUnixNano)}, entry: ${line}, labels: ${formatLabels(labels)}${structured}`;
  });
}

/** Samples, a text each. */
export function sampleTexts(batch: SampleBatch): readonly string[] {
  return limited(batch.series, (_, row) => sampleText(batch, row));
}

/** The targets that a component exports, a text each; none where it exports something else. */
export function targetTexts(exports: ObjectValue): readonly string[] {
  const lists = [...exports.values()].filter((value) => value !== null && isArray(value));
  const targets = lists.flat().filter((value) => value !== null && isObject(value));
  return limited(targets, (labels) =>
    formatLabels([...labels].map(([name, value]) => ({ name, value: typeof value === "string" ? value : "" }))),
  );
}

function limited<Item>(items: readonly Item[], textOf: (item: Item, index: number) => string): readonly string[] {
  const texts = items.slice(0, maxTexts).map((item, index) => cut(textOf(item, index)));
  return items.length > maxTexts ? [...texts, `and ${items.length - maxTexts} more`] : texts;
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}

function timeText(unixNano: bigint): string {
  const time = new Date(Number(unixNano / 1_000_000n));
  return Number.isNaN(time.getTime()) ? String(unixNano) : time.toISOString();
}
