import { openMetricsType, textMetricType } from "../metric-type.ts";
import type { MetricType } from "../sample.ts";
import { readText, unescapeText } from "./raw-series.ts";
import { ExpositionError, metricNameEnd, show, skipBlanks, stringEnd } from "./series-text.ts";

/** A line that begins with `#`, and where the next one starts. */
export type MetaLine =
  | { readonly kind: "type"; readonly family: string; readonly type: MetricType; readonly end: number }
  | { readonly kind: "help"; readonly family: string; readonly text: string; readonly end: number }
  | { readonly kind: "unit"; readonly family: string; readonly text: string; readonly end: number }
  | { readonly kind: "comment"; readonly end: number }
  /** `# EOF` of OpenMetrics, or nul. */
  | { readonly kind: "end" };

const newline = 0x0a;
const nul = 0;
const space = 0x20;

/** Reads lines that begin with `#`; throws an `ExpositionError` with what is wrong. `strict` is OpenMetrics. */
export function createMetaReader(strict: boolean): (body: Uint8Array, at: number) => MetaLine {
  return strict ? readStrict : readLoose;
}

function readLoose(body: Uint8Array, at: number): MetaLine {
  const word = skipBlanks(body, at + 1);
  const lineEnd = endOfLine(body, at);
  if (body[word] === nul || (word === at + 1 && body.subarray(word, lineEnd).includes(nul))) {
    // Prometheus' lexer takes it for the end.
    return { kind: "end" };
  }
  const { keyword, after } = keywordAt(body, word);
  if (word === at + 1 || keyword === undefined || keyword === "UNIT" || !isBlank(body[after])) {
    return { kind: "comment", end: Math.min(lineEnd + 1, body.length) };
  }
  const { family, after: nameEnd } = readFamily(body, skipBlanksAndNuls(body, after), keyword);
  const nameLineEnd = endOfLine(body, nameEnd);
  // Where there is nothing but blanks, Prometheus' lexer passes over them.
  const isBlankRest = skipBlanks(body, nameEnd) >= nameLineEnd;
  const rest = isBlankRest ? "" : restOfLine(body, nameEnd, nameLineEnd);
  const end = Math.min(nameLineEnd + 1, body.length);
  if (keyword === "HELP") {
    return { kind: "help", family, text: unescapeText(rest, false), end };
  }
  return { kind: "type", family, type: known(textMetricType(rest), rest), end };
}

function readStrict(body: Uint8Array, at: number): MetaLine {
  const isWord = body[at + 1] === space && body[at + 2] !== nul;
  const eof = isWord ? endOfFileAt(body, at + 2) : -1;
  if (eof >= 0) {
    if (eof < body.length) {
      throw new ExpositionError("unexpected data after # EOF");
    }
    return { kind: "end" };
  }
  const found = isWord ? keywordAt(body, at + 2) : undefined;
  if (found?.keyword === undefined || body[found.after] !== space) {
    throw new ExpositionError(`expected a valid start token, got ${show(body, at)}`);
  }
  const { keyword } = found;
  const { family, after } = readFamily(body, skipNuls(body, found.after + 1), keyword);
  const lineEnd = endOfLine(body, after);
  if (body[after] !== space || lineEnd >= body.length) {
    throw new ExpositionError(`expected text in ${keyword}, got ${show(body, after)}`);
  }
  const rest = restOfLine(body, after, lineEnd);
  if (keyword === "HELP") {
    return { kind: "help", family, text: unescapeText(rest, true), end: skipNuls(body, lineEnd + 1) };
  }
  const end = lineEnd + 1;
  if (keyword === "TYPE") {
    return { kind: "type", family, type: known(openMetricsType(rest), rest), end };
  }
  if (rest !== "" && !family.endsWith(`_${rest}`)) {
    throw new ExpositionError(`unit ${JSON.stringify(rest)} not a suffix of metric ${JSON.stringify(family)}`);
  }
  return { kind: "unit", family, text: rest, end };
}

interface Keyword {
  readonly keyword: "HELP" | "TYPE" | "UNIT" | undefined;
  readonly after: number;
}

/** The word of four letters at `at`. Prometheus' lexer passes over nul in it and behind it. */
function keywordAt(body: Uint8Array, at: number): Keyword {
  const { word, after } = lettersAt(body, at, 4);
  return { keyword: word === "HELP" || word === "TYPE" || word === "UNIT" ? word : undefined, after };
}

/** Behind `EOF` and the end of its line; -1 where that is not there. */
function endOfFileAt(body: Uint8Array, at: number): number {
  const { word, after } = lettersAt(body, at, 3);
  if (word !== "EOF") {
    return -1;
  }
  return body[after] === newline ? skipNuls(body, after + 1) : after;
}

function lettersAt(body: Uint8Array, at: number, count: number): { readonly word: string; readonly after: number } {
  let word = "";
  let after = at;
  while (word.length < count && after < body.length) {
    word += String.fromCharCode(body[after] as number);
    after = skipNuls(body, after + 1);
  }
  return { word, after };
}

function skipNuls(body: Uint8Array, at: number): number {
  let after = at;
  while (body[after] === nul) {
    after++;
  }
  return after;
}

function skipBlanksAndNuls(body: Uint8Array, at: number): number {
  let after = at;
  while (isBlank(body[after]) || body[after] === nul) {
    after++;
  }
  return after;
}

function readFamily(
  body: Uint8Array,
  at: number,
  keyword: string,
): { readonly family: string; readonly after: number } {
  const isQuoted = body[at] === 0x22;
  const start = isQuoted ? at + 1 : at;
  const end = isQuoted ? stringEnd(body, start, false) : metricNameEnd(body, at);
  const after = isQuoted ? end + 1 : end;
  // nul is allowed in texts, and nowhere else.
  if (end < start || after === at || body[after] === nul || body.subarray(start, end).includes(nul)) {
    throw new ExpositionError(`expected metric name after ${keyword}, got ${show(body, at)}`);
  }
  // What is not UTF-8 here names no series.
  return { family: Buffer.from(body.subarray(start, end)).toString("utf8"), after };
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
  const end = body.indexOf(newline, at);
  return end < 0 ? body.length : end;
}

function isBlank(byte: number | undefined): boolean {
  return byte === space || byte === 0x09;
}
