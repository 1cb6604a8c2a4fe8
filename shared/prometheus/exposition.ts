import { createMetaReader, type MetaLine } from "./exposition-meta.ts";
import { GoFloatReader } from "./go-float.ts";
import type { CachedLine, LineCache } from "./line-cache.ts";
import { metricTypes } from "./metric-type.ts";
import type { NativeHistogram } from "./native-histogram.ts";
import { type RawSeries, readRawSeries, readText } from "./raw-series.ts";
import type { Exemplar } from "./sample.ts";
import { ExpositionError, isSeriesEnd, SeriesRefused, SeriesText, show, skipBlanks, wordEnd } from "./series-text.ts";

/** The text formats: Prometheus 0.0.4 and 1.0.0, or OpenMetrics 1.0. */
export type TextFormat = "text" | "openmetrics";

/** What takes the entries of an exposition, in their order. */
export interface ExpositionSink<T> {
  /** A series whose text was not seen before; what it returns is kept in the cache and handed to `sample`. */
  series(raw: RawSeries): T;
  /** A sample; `timeMs` is NaN where the line has no time. `again`: the same text was there before in this exposition. */
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

const HASH = 0x23;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const NO_TYPE = -1;

/** Parses expositions of one target, one after another: what `cache` knows is found by its bytes. */
export function createTextParser<T>(
  format: TextFormat,
  cache: LineCache<T>,
): (body: Uint8Array, sink: ExpositionSink<T>) => Parsed {
  const strict = format === "openmetrics";
  const text = new SeriesText(strict);
  const float = new GoFloatReader();
  const readMeta = createMetaReader(strict);
  let parse = 0;

  return function parseExposition(given, sink) {
    const body = Buffer.from(given.buffer, given.byteOffset, given.length);
    parse++;
    cache.rewind(body);
    const state = {
      samples: 0,
      lines: 0,
      type: NO_TYPE,
      at: 0,
      sample: { value: 0, timeMs: Number.NaN, again: false },
    };
    let reason: string | undefined;
    try {
      run(body, sink, state);
    } catch (error) {
      if (!(error instanceof ExpositionError)) {
        throw error;
      }
      state.samples += error instanceof SeriesRefused ? 1 : 0;
      reason = error.message;
    }
    if (reason !== undefined) {
      return { kind: "invalid", samples: state.samples, reason };
    }
    cache.sweep(parse, state.lines, sink.gone);
    return { kind: "parsed", samples: state.samples };
  };

  interface State {
    samples: number;
    /** Different lines that the cache knows. */
    lines: number;
    type: number;
    at: number;
    sample: { value: number; timeMs: number; again: boolean };
  }

  function run(body: Uint8Array, sink: ExpositionSink<T>, state: State): void {
    while (state.at < body.length) {
      const at = strict ? state.at : skipBlanks(body, state.at);
      const first = body[at];
      if (first === HASH) {
        if (readHash(body, at, { sink, state })) {
          return;
        }
      } else if (first === NEWLINE && !strict) {
        state.at = at + 1;
      } else if (at < body.length || strict) {
        readSample(body, at, { sink, state });
      } else {
        state.at = at;
      }
    }
    if (strict) {
      throw new ExpositionError("data does not end with # EOF");
    }
  }

  /** A line that begins with `#`; true at the end of OpenMetrics. */
  function readHash(body: Uint8Array, at: number, { sink, state }: { sink: ExpositionSink<T>; state: State }): boolean {
    const known = cache.predicted(at);
    if (known && known.value === undefined) {
      passMeta(known, state, at + known.length);
      return false;
    }
    const meta = readMeta(body, at);
    if (meta.kind === "end") {
      return true;
    }
    if (meta.kind === "comment") {
      state.at = meta.end;
      return false;
    }
    const setsType = meta.kind === "type" ? metricTypes.indexOf(meta.type) : NO_TYPE;
    const line = cache.find(at, meta.end) ?? cache.add(at, meta.end, { value: undefined, typed: NO_TYPE, setsType });
    if (line.seen === 0) {
      sink.metadata?.(meta);
    }
    passMeta(line, state, meta.end);
    return false;
  }

  function passMeta(line: CachedLine<T>, state: State, end: number): void {
    state.lines += line.seen === parse ? 0 : 1;
    line.seen = parse;
    state.type = line.setsType === NO_TYPE ? state.type : line.setsType;
    state.at = end;
    cache.follow(line);
  }

  function readSample(body: Uint8Array, at: number, { sink, state }: { sink: ExpositionSink<T>; state: State }): void {
    let line = cache.predicted(at);
    let end: number;
    if (line?.value !== undefined && isSeriesEnd(body, at + line.length) && isTyped(line, state.type)) {
      end = at + line.length;
    } else {
      text.read(body, at);
      end = text.end;
      line = cache.find(at, end) ?? undefined;
      if (line === undefined || line.value === undefined) {
        line = addLine(body, at, { sink, type: state.type });
      } else if (!isTyped(line, state.type)) {
        sink.gone(line.value);
        const raw = readRawSeries(body, text, metricTypes[state.type]);
        line.value = sink.series(raw);
        line.typed = raw.typed ? state.type : NO_TYPE;
        line.seen = 0;
      }
    }
    const { sample } = state;
    sample.again = line.seen === parse;
    const next = strict ? readStrictEnd(body, end, state) : readEnd(body, end, sample);
    const exemplar = next < 0 ? readExemplar(body, -next) : undefined;
    state.lines += sample.again ? 0 : 1;
    line.seen = parse;
    cache.follow(line);
    state.samples++;
    state.at = exemplar?.end ?? next;
    sink.sample(line.value as T, sample);
    if (exemplar) {
      sink.exemplar?.(exemplar.exemplar);
    }
  }

  function addLine(
    body: Uint8Array,
    at: number,
    { sink, type }: { sink: ExpositionSink<T>; type: number },
  ): CachedLine<T> {
    const raw = readRawSeries(body, text, metricTypes[type]);
    return cache.add(at, text.end, { value: sink.series(raw), typed: raw.typed ? type : NO_TYPE, setsType: NO_TYPE });
  }

  /** Value and time of a line of text; returns the start of the next line. */
  function readEnd(body: Uint8Array, from: number, sample: State["sample"]): number {
    const start = skipBlanks(body, from);
    let at = start;
    for (
      let byte = body[at];
      byte !== undefined && byte !== SPACE && byte !== NEWLINE && byte !== 0x09 && byte !== 0x7b;
    ) {
      byte = body[++at];
    }
    if (at === start) {
      throw new ExpositionError(`expected value after metric, got ${show(body, at)}`);
    }
    readFloat(body, start, at);
    sample.value = float.value;
    sample.timeMs = Number.NaN;
    at = skipBlanks(body, at);
    if (body[at] !== NEWLINE && at < body.length) {
      const digits = at;
      let timeMs = 0;
      for (let byte = body[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = body[++at]) {
        timeMs = timeMs * 10 + byte - 0x30;
      }
      if (at === digits) {
        throw new ExpositionError(`expected timestamp or new record, got ${show(body, at)}`);
      }
      if (timeMs >= 2 ** 63) {
        throw new ExpositionError(`timestamp out of range: ${timeMs}`);
      }
      sample.timeMs = timeMs;
      at = skipBlanks(body, at);
      if (body[at] !== NEWLINE && at < body.length) {
        throw new ExpositionError(`expected next entry after timestamp, got ${show(body, at)}`);
      }
    }
    return at + 1;
  }

  /** The same in OpenMetrics; a negative result is the start of an exemplar's labels. */
  function readStrictEnd(body: Uint8Array, from: number, { sample }: State): number {
    if (body[from] !== SPACE) {
      throw new ExpositionError(`expected value after metric, got ${show(body, from)}`);
    }
    let at = wordEnd(body, from + 1);
    readFloat(body, from + 1, at);
    sample.value = float.value;
    sample.timeMs = Number.NaN;
    if (body[at] === SPACE && body[at + 1] !== HASH && wordEnd(body, at + 1) > at + 1) {
      const end = wordEnd(body, at + 1);
      sample.timeMs = readSeconds(body, at + 1, end);
      at = end;
    }
    if (body[at] === SPACE && body[at + 1] === HASH && body[at + 2] === SPACE && body[at + 3] === 0x7b) {
      return -(at + 4);
    }
    if (at >= body.length) {
      throw new ExpositionError("data does not end with # EOF");
    }
    // Anything else is an error at the start of the next entry: this one has been read.
    return body[at] === NEWLINE ? at + 1 : at;
  }

  function readExemplar(body: Uint8Array, from: number): { readonly exemplar: Exemplar; readonly end: number } {
    text.labels = 0;
    const close = text.readLabels(body, from, true);
    const labels: string[] = [];
    for (let label = 0; label < text.labels; label++) {
      const part = text.parts.subarray(label * 4, label * 4 + 4);
      labels.push(readText(body, part[0] ?? 0, part[1] ?? 0), readText(body, part[2] ?? 0, part[3] ?? 0));
    }
    if (body[close] !== SPACE) {
      throw new ExpositionError(`expected value after exemplar labels, got ${show(body, close)}`);
    }
    let at = wordEnd(body, close + 1);
    readFloat(body, close + 1, at);
    const { value } = float;
    let timeMs: number | undefined;
    if (body[at] === SPACE) {
      const end = wordEnd(body, at + 1);
      timeMs = readSeconds(body, at + 1, end);
      at = end;
    }
    if (body[at] !== NEWLINE) {
      throw new ExpositionError(`expected next entry after exemplar, got ${show(body, at)}`);
    }
    return { exemplar: { labels, value, timeMs }, end: at + 1 };
  }

  function readSeconds(body: Uint8Array, start: number, end: number): number {
    readFloat(body, start, end);
    if (!Number.isFinite(float.value)) {
      throw new ExpositionError(`invalid timestamp ${float.value}`);
    }
    return Math.trunc(float.value * 1_000) + 0;
  }

  function readFloat(body: Uint8Array, start: number, end: number): void {
    if (!float.read(body, start, end)) {
      throw new ExpositionError(
        `parsing ${JSON.stringify(readText(body, start, Math.min(end, start + 40)))}: invalid syntax or value out of range`,
      );
    }
  }
}

function isTyped<T>(line: CachedLine<T>, type: number): boolean {
  return line.typed === NO_TYPE || line.typed === type;
}
