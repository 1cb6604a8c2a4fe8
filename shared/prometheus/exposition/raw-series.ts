import { formatOpenMetricsFloat, parseGoLiteral } from "../go-float.ts";
import type { MetricType } from "../sample.ts";
import { ExpositionError, SeriesRefused, type SeriesText } from "./series-text.ts";

/** A series as its line has it: in the order of the line, empty values and repeated names included. */
export interface RawSeries {
  readonly name: string;
  /** The labels without the name. */
  readonly labels: readonly (readonly [string, string])[];
  /** Whether the type of the family has a say in a label's text. */
  readonly typed: boolean;
  /** Where it is in a text, for who can do without strings. */
  readonly line?: SeriesLine;
}

/** A series in a text: both are valid only while the sink is told of it. */
export interface SeriesLine {
  readonly body: Uint8Array;
  readonly text: SeriesText;
  /** Of its family. */
  readonly type: MetricType | undefined;
}

/** Names and values repeat from series to series: one string serves all of them. Forgotten when there are many. */
const maxInterned = 20_000;
const interned = new Map<string, string>();

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The series that `line` has just read, with bounds and quantiles in OpenMetrics' form where the family's type asks for it. */
export class LineSeries implements RawSeries {
  readonly typed: boolean;
  readonly line: SeriesLine;

  constructor(line: SeriesLine) {
    this.line = line;
    this.typed = isTyped(line);
  }

  get name(): string {
    const { body, text } = this.line;
    const { nameStart, nameEnd } = text;
    return text.nameQuoted ? readName(body, nameStart, nameEnd) : intern(readText(body, nameStart, nameEnd));
  }

  get labels(): readonly (readonly [string, string])[] {
    const { body, text, type } = this.line;
    const labels: [string, string][] = [];
    for (let label = 0; label < text.labels; label++) {
      const at = label * 4;
      const part = (index: number): number => text.parts[at + index] ?? 0;
      const key = readName(body, part(0), part(1));
      const value = readString(body, part(2), part(3));
      labels.push([key, boundText(key, value, type)]);
    }
    return labels;
  }
}

/** Whether there is a bound or a quantile. */
function isTyped({ body, text }: SeriesLine): boolean {
  for (let label = 0; label < text.labels; label++) {
    const start = text.parts[label * 4] as number;
    const length = (text.parts[label * 4 + 1] as number) - start;
    const isBound = length === 2 && body[start] === 0x6c && body[start + 1] === 0x65;
    if (isBound || (length === 8 && body[start] === 0x71 && readText(body, start, start + 8) === "quantile")) {
      return true;
    }
  }
  return false;
}

/** Bytes as text, as they are. Throws an `ExpositionError` where they are not UTF-8. */
export function readText(body: Uint8Array, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    if ((body[at] as number) > 0x7f) {
      return decode(body.subarray(start, end));
    }
  }
  return bufferOf(body).toString("latin1", start, end);
}

function bufferOf(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.length);
}

/** A name in quotes: where it is not UTF-8 the line has been read all the same. */
function readName(body: Uint8Array, start: number, end: number): string {
  try {
    return readString(body, start, end);
  } catch (error) {
    throw error instanceof ExpositionError
      ? new SeriesRefused(`invalid metric name or label names: ${error.message}`)
      : error;
  }
}

/** The text of a quoted string: `\\`, `\"` and `\n` are escapes, others stay as they are. */
function readString(body: Uint8Array, start: number, end: number): string {
  return intern(unescapeText(readText(body, start, end), true));
}

function intern(text: string): string {
  const known = interned.get(text);
  if (known !== undefined) {
    return known;
  }
  if (interned.size >= maxInterned) {
    interned.clear();
  }
  interned.set(text, text);
  return text;
}

/** Replaces the escapes of a text; a help text of the old format has no escaped quotes. */
export function unescapeText(text: string, quotes: boolean): string {
  if (!text.includes("\\")) {
    return text;
  }
  return text.replace(quotes ? /\\[\\"n]/g : /\\[\\n]/g, (found) => (found === "\\n" ? "\n" : found.slice(1)));
}

/** The text of a label: a bound, or a quantile, of a family of that type is written as OpenMetrics does. */
export function boundText(label: string, value: string, type: MetricType | undefined): string {
  const applies = (type === "histogram" && label === "le") || (type === "summary" && label === "quantile");
  const bound = applies ? parseGoLiteral(value) : undefined;
  return bound === undefined ? value : formatOpenMetricsFloat(bound);
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ExpositionError(
      `invalid UTF-8: ${JSON.stringify(Buffer.from(bytes.subarray(0, 40)).toString("latin1"))}`,
    );
  }
}
