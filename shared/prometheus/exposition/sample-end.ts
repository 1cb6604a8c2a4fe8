import { GoFloatReader } from "../go-float.ts";
import type { Exemplar } from "../sample.ts";
import { readText } from "./raw-series.ts";
import { ExpositionError, type SeriesText, show, skipBlanks, wordEnd } from "./series-text.ts";

const hash = 0x23;
const newline = 0x0a;
const space = 0x20;
const maxInt64 = 2 ** 63;

/** Reads what stands behind the series of a line: value, time, exemplar. Throws `ExpositionError`. */
export class SampleEnd {
  /** What was read last; `timeMs` is NaN where the line has no time, `again` is the caller's. */
  readonly sample = { value: 0, timeMs: Number.NaN, again: false };
  private readonly text: SeriesText;
  private readonly float = new GoFloatReader();

  constructor(text: SeriesText) {
    this.text = text;
  }

  /** Value and time of a line of text; returns the start of the next line. */
  readPlain(body: Uint8Array, from: number): number {
    const start = skipBlanks(body, from);
    let at = start;
    for (
      let byte = body[at];
      byte !== undefined && byte !== space && byte !== newline && byte !== 0x09 && byte !== 0x7b;
    ) {
      byte = body[++at];
    }
    if (at === start) {
      throw new ExpositionError(`expected value after metric, got ${show(body, at)}`);
    }
    this.readFloat(body, start, at);
    this.sample.value = this.float.value;
    this.sample.timeMs = Number.NaN;
    at = skipBlanks(body, at);
    if (body[at] !== newline && at < body.length) {
      const digits = at;
      let timeMs = 0;
      for (let byte = body[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = body[++at]) {
        timeMs = timeMs * 10 + byte - 0x30;
      }
      if (at === digits) {
        throw new ExpositionError(`expected timestamp or new record, got ${show(body, at)}`);
      }
      if (timeMs >= maxInt64 && BigInt(readText(body, digits, at)) >= 2n ** 63n) {
        throw new ExpositionError(`timestamp out of range: ${timeMs}`);
      }
      this.sample.timeMs = timeMs;
      at = skipBlanks(body, at);
      if (body[at] !== newline && at < body.length) {
        throw new ExpositionError(`expected next entry after timestamp, got ${show(body, at)}`);
      }
    }
    return at + 1;
  }

  /** The same in OpenMetrics; a negative result is the start of an exemplar's labels. */
  readStrict(body: Uint8Array, from: number): number {
    if (body[from] !== space) {
      throw new ExpositionError(`expected value after metric, got ${show(body, from)}`);
    }
    let at = wordEnd(body, from + 1);
    this.readFloat(body, from + 1, at);
    this.sample.value = this.float.value;
    this.sample.timeMs = Number.NaN;
    if (body[at] === space && body[at + 1] !== hash && wordEnd(body, at + 1) > at + 1) {
      const end = wordEnd(body, at + 1);
      this.sample.timeMs = this.readSeconds(body, at + 1, end);
      at = end;
    }
    if (body[at] === space && body[at + 1] === hash && body[at + 2] === space && body[at + 3] === 0x7b) {
      return -(at + 4);
    }
    if (at >= body.length) {
      throw new ExpositionError("data does not end with # EOF");
    }
    const isHash = body[at] === space && body[at + 1] === hash && body[at + 2] !== space;
    if (isHash || (!Number.isNaN(this.sample.timeMs) && body[at] !== newline)) {
      throw new ExpositionError(`expected next entry after sample, got ${show(body, at)}`);
    }
    // Anything else is an error at the start of the next entry: this one has been read.
    return body[at] === newline ? at + 1 : at;
  }

  readExemplar(body: Uint8Array, from: number): { readonly exemplar: Exemplar; readonly end: number } {
    this.text.labels = 0;
    const close = this.text.readLabels(body, from, true);
    const labels: string[] = [];
    for (let label = 0; label < this.text.labels; label++) {
      const part = this.text.parts.subarray(label * 4, label * 4 + 4);
      labels.push(readText(body, part[0] ?? 0, part[1] ?? 0), readText(body, part[2] ?? 0, part[3] ?? 0));
    }
    if (body[close] !== space) {
      throw new ExpositionError(`expected value after exemplar labels, got ${show(body, close)}`);
    }
    let at = wordEnd(body, close + 1);
    this.readFloat(body, close + 1, at);
    const { value } = this.float;
    let timeMs: number | undefined;
    if (body[at] === space) {
      const end = wordEnd(body, at + 1);
      timeMs = this.readSeconds(body, at + 1, end);
      at = end;
    }
    if (body[at] !== newline) {
      throw new ExpositionError(`expected next entry after exemplar, got ${show(body, at)}`);
    }
    return { exemplar: { labels, value, timeMs }, end: at + 1 };
  }

  private readSeconds(body: Uint8Array, start: number, end: number): number {
    this.readFloat(body, start, end);
    if (!Number.isFinite(this.float.value)) {
      throw new ExpositionError(`invalid timestamp ${this.float.value}`);
    }
    const timeMs = Math.trunc(this.float.value * 1_000) + 0;
    // What Go makes of a number that 64 bits do not hold: it is out of bounds then.
    return Math.abs(timeMs) < maxInt64 ? timeMs : -maxInt64;
  }

  private readFloat(body: Uint8Array, start: number, end: number): void {
    if (!this.float.read(body, start, end)) {
      throw new ExpositionError(
        `parsing ${JSON.stringify(readText(body, start, Math.min(end, start + 40)))}: invalid syntax or value out of range`,
      );
    }
  }
}
