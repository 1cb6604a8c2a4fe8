import { asObject, type UnknownObject } from "../../json-document.ts";
import type { Statistic } from "./gauges.ts";
import type { RefusedPart } from "./read-frames.ts";

/** One datum of a metric stream in the format JSON. */
export interface Datum {
  readonly stream: string;
  readonly account: string;
  readonly region: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
  /** Start of the period of a minute, milliseconds since 1970. */
  readonly timestamp: number;
  readonly count: number;
  readonly sum: number;
  /** Minimum, maximum, percentiles and the other statistics that were asked for. */
  readonly others: readonly Statistic[];
  /** As CloudWatch writes it. */
  readonly unit: string;
}

/** What a record in the format JSON holds. */
export interface ReadJson {
  readonly data: readonly Datum[];
  readonly refused: readonly RefusedPart[];
}

/** Most statistics of a datum beside its count and sum: CloudWatch streams at most a score of them. */
const maxOthers = 100;
const maxTimestamp = 18_446_744_073_000;

/**
 * Reads a record in the format JSON: an object a line (CloudWatch, "metric stream output in JSON format"). A line that is not one is
 * refused, and the others are not. Never throws.
 */
export function readJson(text: string): ReadJson {
  const data: Datum[] = [];
  const refused: RefusedPart[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const datum = readDatum(line);
    if (typeof datum !== "string") data.push(datum);
    else
      refused.push({
        reason: "json",
        message: `A line is not a datum of a metric stream: ${datum}.`,
        bytes: Buffer.from(line),
      });
  }
  return { data, refused };
}

function readDatum(line: string): Datum | string {
  const fields = parsed(line);
  if (fields === undefined) return "it is not a JSON object";
  const { value, timestamp } = fields;
  const values = asObject(value);
  if (values === undefined) return "it has no value";
  const [count, sum] = [numberOf(values.count), numberOf(values.sum)];
  if (count === undefined || sum === undefined) return "its value has no count or no sum";
  const isTime = typeof timestamp === "number" && Number.isSafeInteger(timestamp) && timestamp >= 0;
  if (!isTime || timestamp > maxTimestamp) return "its timestamp is not a number of milliseconds";
  const [namespace, metricName] = [textOf(fields.namespace), textOf(fields.metric_name)];
  if (metricName === "") return "it has no metric_name";
  const others = othersOf(values);
  if (others.length > maxOthers) return `it has more than ${maxOthers} statistics`;
  return {
    stream: textOf(fields.metric_stream_name),
    account: textOf(fields.account_id),
    region: textOf(fields.region),
    namespace,
    metricName,
    dimensions: dimensionsOf(fields.dimensions),
    timestamp,
    count,
    sum,
    others,
    unit: textOf(fields.unit),
  };
}

function parsed(line: string): UnknownObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return asObject(value);
  } catch {
    return undefined;
  }
}

function othersOf(value: UnknownObject): readonly Statistic[] {
  return Object.entries(value).flatMap(([key, entry]): Statistic[] => {
    const number = numberOf(entry);
    if (key === "count" || key === "sum" || number === undefined) return [];
    return [{ name: key === "min" ? "minimum" : key === "max" ? "maximum" : key, value: number }];
  });
}

function dimensionsOf(value: unknown): Datum["dimensions"] {
  return Object.entries(asObject(value) ?? {}).map(([name, entry]) => [name, textOf(entry)]);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
