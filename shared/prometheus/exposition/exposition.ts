import { metricTypes } from "../metric-type.ts";
import type { NativeHistogram } from "../native-histogram.ts";
import type { Exemplar } from "../sample.ts";
import { createMetaReader, type MetaLine } from "./exposition-meta.ts";
import { type LineCache, noLine } from "./line-cache.ts";
import { LineSeries, type RawSeries } from "./raw-series.ts";
import { SampleEnd } from "./sample-end.ts";
import { ExpositionError, isSeriesEnd, SeriesRefused, SeriesText, skipBlanks } from "./series-text.ts";

/** The text formats: Prometheus 0.0.4 and 1.0.0, or OpenMetrics 1.0. */
export type TextFormat = "text" | "openmetrics";

/** What takes the entries of an exposition, in their order. */
export interface ExpositionSink<T> {
  /** A series whose text was not seen before, valid during the call; what it returns is kept in the cache and handed to `sample`. */
  series(raw: RawSeries): T;
  /** A sample; `timeMs` is NaN where it has no time. `again`: where its series came before in this exposition, its text was the same. */
  sample(series: T, at: { value: number; timeMs: number; again: boolean }): void;
  /** A native histogram, which only the protobuf format has. */
  histogram?(series: T, at: { histogram: NativeHistogram; timeMs: number }): void;
  /** An exemplar of the sample before. */
  exemplar?(exemplar: Exemplar): void;
  /** A line of metadata that was not seen before. */
  metadata?(line: MetaLine): void;
  /** A series of the parse before that is not in this one. */
  gone(series: T): void;
}

/** How a parse ended. Where it is invalid nothing of it counts; `samples` were read before that. */
export type Parsed =
  | { readonly kind: "parsed"; readonly samples: number }
  | { readonly kind: "invalid"; readonly samples: number; readonly reason: string };

const hash = 0x23;
const newline = 0x0a;
const nul = 0;
const noType = -1;
/** One of each for all targets: nothing of a text stays in it, and its room for labels is 64 KiB. */
const seriesTexts = { text: new SeriesText(false), openmetrics: new SeriesText(true) };

/** Parses expositions of one target, one after another: what `cache` knows is found by its bytes. */
export function createTextParser<T>(
  format: TextFormat,
  cache: LineCache<T>,
): (body: Uint8Array, sink: ExpositionSink<T>) => Parsed {
  const parser = new TextParser(format, cache);
  return (body, sink) => parser.read(body, sink);
}

class TextParser<T> {
  private readonly strict: boolean;
  private readonly cache: LineCache<T>;
  private readonly text: SeriesText;
  private readonly end: SampleEnd;
  private readonly readMeta: ReturnType<typeof createMetaReader>;
  /** Which exposition it is, counted from 1. */
  private parse = 0;
  /** Held while an exposition is parsed, and no longer. */
  private sink: ExpositionSink<T> = nobody;
  private samples = 0;
  /** Different lines that the cache knows. */
  private lines = 0;
  private type = noType;
  private at = 0;

  constructor(format: TextFormat, cache: LineCache<T>) {
    this.strict = format === "openmetrics";
    this.cache = cache;
    this.text = seriesTexts[format];
    this.end = new SampleEnd(this.text);
    this.readMeta = createMetaReader(this.strict);
  }

  read(given: Uint8Array, sink: ExpositionSink<T>): Parsed {
    const body = Buffer.from(given.buffer, given.byteOffset, given.length);
    this.parse++;
    this.cache.rewind(body);
    this.sink = sink;
    this.samples = 0;
    this.lines = 0;
    this.type = noType;
    this.at = 0;
    try {
      this.run(body);
    } catch (error) {
      if (!(error instanceof ExpositionError)) {
        throw error;
      }
      this.samples += error instanceof SeriesRefused ? 1 : 0;
      return { kind: "invalid", samples: this.samples, reason: error.message };
    } finally {
      this.sink = nobody;
      this.cache.release();
    }
    this.cache.sweep(this.parse, this.lines, sink.gone);
    return { kind: "parsed", samples: this.samples };
  }

  private run(body: Uint8Array): void {
    while (this.at < body.length) {
      const at = this.strict ? this.at : skipBlanks(body, this.at);
      const first = body[at];
      if (first === hash) {
        if (this.readHash(body, at)) {
          return;
        }
      } else if (first === newline && !this.strict) {
        this.at = at + 1;
      } else if (first === nul && !this.strict) {
        // Prometheus' lexer takes it for the end.
        return;
      } else if (at < body.length || this.strict) {
        this.readSample(body, at);
      } else {
        this.at = at;
      }
    }
    if (this.strict) {
      throw new ExpositionError("data does not end with # EOF");
    }
  }

  /** A line that begins with `#`; true at the end of OpenMetrics. */
  private readHash(body: Uint8Array, at: number): boolean {
    const { cache } = this;
    const known = cache.predicted(at);
    if (known !== noLine && cache.valueOf(known) === undefined) {
      this.passMeta(known, at + cache.lengthOf(known));
      return false;
    }
    const meta = this.readMeta(body, at);
    if (meta.kind === "end") {
      return true;
    }
    if (meta.kind === "comment") {
      this.at = meta.end;
      return false;
    }
    const setsType = meta.kind === "type" ? metricTypes.indexOf(meta.type) : noType;
    const found = cache.find(at, meta.end);
    const line = found === noLine ? cache.add(at, meta.end, { value: undefined, typed: noType, setsType }) : found;
    if (cache.seenOf(line) === 0) {
      this.sink.metadata?.(meta);
    }
    this.passMeta(line, meta.end);
    return false;
  }

  private passMeta(line: number, end: number): void {
    const { cache } = this;
    const setsType = cache.setsTypeOf(line);
    this.lines += cache.seenOf(line) === this.parse ? 0 : 1;
    cache.see(line, this.parse);
    this.type = setsType === noType ? this.type : setsType;
    this.at = end;
    cache.follow(line);
  }

  private readSample(body: Uint8Array, at: number): void {
    const { cache, end: tail, parse } = this;
    const predicted = cache.predicted(at);
    const known = predicted === noLine ? undefined : cache.valueOf(predicted);
    const predictedEnd = predicted === noLine ? at : at + cache.lengthOf(predicted);
    const isKnown = known !== undefined && isSeriesEnd(body, predictedEnd) && this.isTyped(predicted);
    if (!isKnown) {
      this.text.read(body, at);
    }
    const end = isKnown ? predictedEnd : this.text.end;
    const next = this.strict ? tail.readStrict(body, end) : tail.readPlain(body, end);
    // Only now: a line whose value is none does not count, whatever its series is.
    const line = isKnown ? predicted : this.lineOf(body, at);
    const { sample } = tail;
    sample.again = cache.seenOf(line) === parse;
    const exemplar = next < 0 ? tail.readExemplar(body, -next) : undefined;
    this.lines += sample.again ? 0 : 1;
    cache.see(line, parse);
    cache.follow(line);
    this.samples++;
    this.at = exemplar?.end ?? next;
    this.sink.sample((isKnown ? known : cache.valueOf(line)) as T, sample);
    if (exemplar) {
      this.sink.exemplar?.(exemplar.exemplar);
    }
  }

  /** The line whose series was read last. */
  private lineOf(body: Uint8Array, at: number): number {
    const { cache, text, type } = this;
    const line = cache.find(at, text.end);
    const known = line === noLine ? undefined : cache.valueOf(line);
    if (known !== undefined && this.isTyped(line)) {
      return line;
    }
    const { end } = text;
    if (known !== undefined) {
      this.sink.gone(known);
    }
    const raw = new LineSeries({ body, text, type: metricTypes[type] });
    const value = this.sink.series(raw);
    const typed = raw.typed ? type : noType;
    if (known === undefined) {
      return cache.add(at, end, { value, typed, setsType: noType });
    }
    cache.replace(line, value, typed);
    return line;
  }

  private isTyped(line: number): boolean {
    const typed = this.cache.typedOf(line);
    return typed === noType || typed === this.type;
  }
}

const nobody = { series: notParsing, sample: notParsing, gone: notParsing };

function notParsing(): never {
  throw new Error("no exposition is being parsed");
}
