const quoteByte = 0x22;
const backslash = 0x5c;
const newline = 0x0a;
const space = 0x20;
const tab = 0x09;
const maxLabels = 4_096;

/** Thrown inside the parser of an exposition and caught by it. */
export class ExpositionError extends Error {}

/** Thrown by who takes the series: the line was read, but the exposition cannot be taken with it. */
export class SeriesRefused extends ExpositionError {}

/** Bit 0: first of the name of a metric; bit 1: later ones; bit 2: first of the name of a label; bit 3: later ones. */
const nameBits = makeNameBits();

/**
 * Reads `name{label="value",…}` and keeps only where its parts are, so that a text seen before costs no string.
 * `strict` is OpenMetrics: no blanks, commas required, no newline in a value.
 */
export class SeriesText {
  /** The name of the metric, without quotes; -1 where there is none. */
  nameStart = -1;
  nameEnd = -1;
  nameQuoted = false;
  /** Whether a label's name is in quotes. */
  labelQuoted = false;
  /** Four numbers a label: start and end of its name and of its value, without quotes. */
  readonly parts = new Int32Array(maxLabels * 4);
  labels = 0;
  /** Behind the last character that belongs to the series. */
  end = 0;
  private readonly strict: boolean;

  constructor(strict: boolean) {
    this.strict = strict;
  }

  /** Reads the series that starts at `at`; throws an `ExpositionError` with what is wrong. */
  read(body: Uint8Array, at: number): void {
    this.labels = 0;
    this.nameStart = -1;
    this.nameEnd = -1;
    this.nameQuoted = false;
    this.labelQuoted = false;
    let pos = at;
    if (((nameBits[body[pos] ?? 0] as number) & 1) !== 0) {
      this.nameStart = pos;
      pos = nameEnd(body, pos, 2);
      this.nameEnd = pos;
    } else if (body[pos] !== 0x7b) {
      throw new ExpositionError(`expected a valid start token, got ${show(body, pos)}`);
    }
    this.end = pos;
    const brace = this.strict ? pos : skipBlanks(body, pos);
    if (body[brace] === 0x7b) {
      this.end = this.readLabels(body, brace + 1);
    }
    if (this.nameStart < 0) {
      throw new ExpositionError("metric name not set");
    }
  }

  /** Reads labels up to the closing brace and returns the position behind it. Exemplars have labels and no name. */
  readLabels(body: Uint8Array, from: number, exemplar = false): number {
    let at = this.blanks(body, from);
    for (;;) {
      if (body[at] === 0x7d) {
        return at + 1;
      }
      const quoted = body[at] === quoteByte;
      const start = quoted ? at + 1 : at;
      const end = quoted
        ? stringEnd(body, start, false)
        : nameEnd(body, at, ((nameBits[body[at] ?? 0] as number) & 4) !== 0 ? 8 : 0);
      // NUL is allowed in the values of labels, and nowhere else.
      if (end < 0 || (quoted ? body.subarray(start, end).includes(0) : end === start)) {
        throw new ExpositionError(`expected label name, got ${show(body, at)}`);
      }
      at = this.blanks(body, quoted ? end + 1 : end);
      if (quoted && !exemplar && (body[at] === 0x2c || body[at] === 0x7d)) {
        this.setName(start, end);
        at = body[at] === 0x2c ? this.blanks(body, at + 1) : at;
        continue;
      }
      if (body[at] !== 0x3d) {
        throw new ExpositionError(`expected equal, got ${show(body, at)}`);
      }
      at = this.blanks(body, at + 1);
      let valueEnd = body[at] === quoteByte ? stringEnd(body, at + 1, this.strict) : -1;
      if (valueEnd < 0 || (exemplar && body.subarray(at, valueEnd).includes(0))) {
        throw new ExpositionError(`expected label value, got ${show(body, at)}`);
      }
      while (body[valueEnd + 1] === 0 && !exemplar) {
        // Prometheus' lexer takes it for a part of the value, as it takes what is within it.
        valueEnd++;
      }
      this.labelQuoted ||= quoted;
      this.addLabel(start, end);
      const part = this.labels * 4;
      this.parts[part - 2] = at + 1;
      this.parts[part - 1] = valueEnd;
      at = this.blanks(body, valueEnd + 1);
      if (body[at] === 0x2c) {
        at = this.blanks(body, at + 1);
      } else if (this.strict && body[at] !== 0x7d) {
        throw new ExpositionError(`expected comma or brace close, got ${show(body, at)}`);
      }
    }
  }

  private blanks(body: Uint8Array, at: number): number {
    return this.strict ? at : skipBlanks(body, at);
  }

  private setName(start: number, end: number): void {
    if (this.nameStart >= 0) {
      throw new ExpositionError("metric name already set");
    }
    this.nameStart = start;
    this.nameEnd = end;
    this.nameQuoted = true;
  }

  /** Its value is put in by the caller. */
  private addLabel(nameStart: number, nameEnd: number): void {
    if (this.labels >= maxLabels) {
      throw new ExpositionError(`a series has more than ${maxLabels} labels`);
    }
    const at = this.labels * 4;
    this.parts[at] = nameStart;
    this.parts[at + 1] = nameEnd;
    this.labels++;
  }
}

/** Behind the blanks and tabs at `at`. */
export function skipBlanks(body: Uint8Array, at: number): number {
  let pos = at;
  while (body[pos] === space || body[pos] === tab) {
    pos++;
  }
  return pos;
}

/** Whether a series that was cut out of a longer text ends there: behind a name, a blank and no brace must follow. */
export function isSeriesEnd(body: Uint8Array, end: number): boolean {
  if (body[end - 1] === 0x7d) {
    return true;
  }
  const next = body[end];
  return (next === space || next === tab) && body[skipBlanks(body, end)] !== 0x7b;
}

/** Behind the word at `at`. */
export function wordEnd(body: Uint8Array, at: number): number {
  let pos = at;
  while (pos < body.length && body[pos] !== space && body[pos] !== newline) {
    pos++;
  }
  return pos;
}

/** Behind the name of a metric at `at`; `at` itself where there is none. */
export function metricNameEnd(body: Uint8Array, at: number): number {
  return ((nameBits[body[at] ?? 0] as number) & 1) !== 0 ? nameEnd(body, at, 2) : at;
}

/** Where the string that starts at `at` ends (its closing quote), -1 where it does not. */
export function stringEnd(body: Uint8Array, at: number, oneLine: boolean): number {
  for (let pos = at; pos < body.length; pos++) {
    const byte = body[pos];
    if (byte === quoteByte) {
      return pos;
    }
    if (byte === backslash) {
      pos++;
      // Prometheus' lexer passes over NUL.
      while (body[pos] === 0) pos++;
      // A backslash never escapes a newline.
      if (body[pos] === newline) {
        return -1;
      }
    } else if (oneLine && byte === newline) {
      return -1;
    }
  }
  return -1;
}

/** A few bytes as they are told in an error. */
export function show(body: Uint8Array, at: number): string {
  if (at >= body.length) {
    return "the end of the text";
  }
  return JSON.stringify(Buffer.from(body.subarray(at, at + 20)).toString("latin1"));
}

function nameEnd(body: Uint8Array, at: number, bit: number): number {
  let pos = at;
  while (pos < body.length && ((nameBits[body[pos] as number] as number) & bit) !== 0) {
    pos++;
  }
  return pos;
}

function makeNameBits(): Uint8Array {
  const bits = new Uint8Array(256);
  for (let byte = 0; byte < 128; byte++) {
    const char = String.fromCharCode(byte);
    if (/[a-zA-Z_]/.test(char)) {
      bits[byte] = 15;
    } else if (char === ":") {
      bits[byte] = 3;
    } else if (/[0-9]/.test(char)) {
      bits[byte] = 10;
    }
  }
  return bits;
}
