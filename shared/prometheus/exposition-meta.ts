import { openMetricsType, textMetricType } from "./metric-type.ts";
import { readText, unescapeText } from "./raw-series.ts";
import type { MetricType } from "./sample.ts";
import { ExpositionError, metricNameEnd, show, skipBlanks, stringEnd } from "./series-text.ts";

/** A line that begins with `#`, and where the next one starts. */
export type MetaLine =
  | { readonly kind: "type"; readonly family: string; readonly type: MetricType; readonly end: number }
  | { readonly kind: "help"; readonly family: string; readonly text: string; readonly end: number }
  | { readonly kind: "unit"; readonly family: string; readonly text: string; readonly end: number }
  | { readonly kind: "comment"; readonly end: number }
  /** `# EOF` of OpenMetrics. */
  | { readonly kind: "end" };

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Reads lines that begin with `#`; throws an `ExpositionError` with what is wrong. `strict` is OpenMetrics. */
export function createMetaReader(strict: boolean): (body: Uint8Array, at: number) => MetaLine {
  return strict ? readStrict : readLoose;
}

function readLoose(body: Uint8Array, at: number): MetaLine {
  const lineEnd = endOfLine(body, at);
  const end = Math.min(lineEnd + 1, body.length);
  const word = skipBlanks(body, at + 1);
  const keyword = keywordAt(body, word);
  if (word === at + 1 || keyword === undefined || keyword === "UNIT" || !isBlank(body[word + 4])) {
    return { kind: "comment", end };
  }
  const { family, after } = readFamily(body, skipBlanks(body, word + 4), keyword);
  const rest = restOfLine(body, after, lineEnd);
  if (keyword === "HELP") {
    return { kind: "help", family, text: unescapeText(rest, false), end };
  }
  return { kind: "type", family, type: known(textMetricType(rest), rest), end };
}

function readStrict(body: Uint8Array, at: number): MetaLine {
  const isWord = body[at + 1] === SPACE;
  if (isWord && body[at + 2] === 0x45 && body[at + 3] === 0x4f && body[at + 4] === 0x46) {
    const end = body[at + 5] === NEWLINE ? at + 6 : at + 5;
    if (end < body.length) {
      throw new ExpositionError("unexpected data after # EOF");
    }
    return { kind: "end" };
  }
  const keyword = isWord ? keywordAt(body, at + 2) : undefined;
  if (keyword === undefined || body[at + 6] !== SPACE) {
    throw new ExpositionError(`expected a valid start token, got ${show(body, at)}`);
  }
  const { family, after } = readFamily(body, at + 7, keyword);
  const lineEnd = endOfLine(body, after);
  if (body[after] !== SPACE || lineEnd >= body.length) {
    throw new ExpositionError(`expected text in ${keyword}, got ${show(body, after)}`);
  }
  const rest = restOfLine(body, after, lineEnd);
  const end = lineEnd + 1;
  if (keyword === "HELP") {
    return { kind: "help", family, text: unescapeText(rest, true), end };
  }
  if (keyword === "TYPE") {
    return { kind: "type", family, type: known(openMetricsType(rest), rest), end };
  }
  if (rest !== "" && !family.endsWith(`_${rest}`)) {
    throw new ExpositionError(`unit ${JSON.stringify(rest)} not a suffix of metric ${JSON.stringify(family)}`);
  }
  return { kind: "unit", family, text: rest, end };
}

function keywordAt(body: Uint8Array, at: number): "HELP" | "TYPE" | "UNIT" | undefined {
  const word = Buffer.from(body.subarray(at, at + 4)).toString("latin1");
  return word === "HELP" || word === "TYPE" || word === "UNIT" ? word : undefined;
}

function readFamily(
  body: Uint8Array,
  at: number,
  keyword: string,
): { readonly family: string; readonly after: number } {
  if (body[at] === 0x22) {
    const end = stringEnd(body, at + 1, true);
    if (end >= 0) {
      return { family: unescapeText(readText(body, at + 1, end), true), after: end + 1 };
    }
  }
  const after = metricNameEnd(body, at);
  if (after === at) {
    throw new ExpositionError(`expected metric name after ${keyword}, got ${show(body, at)}`);
  }
  return { family: readText(body, at, after), after };
}

/** The text behind the name, without the one blank that parts them. */
function restOfLine(body: Uint8Array, after: number, lineEnd: number): string {
  return after < lineEnd ? readText(body, after + 1, lineEnd) : "";
}

function known(type: MetricType | undefined, word: string): MetricType {
  if (type === undefined) {
    throw new ExpositionError(`invalid metric type ${JSON.stringify(word.slice(0, 100))}`);
  }
  return type;
}

function endOfLine(body: Uint8Array, at: number): number {
  const end = body.indexOf(NEWLINE, at);
  return end < 0 ? body.length : end;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x09;
}
