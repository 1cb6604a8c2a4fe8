import { printableJson } from "../printable.ts";
import type { LogLevel } from "./events/event-row.ts";

/** One event as it is logged; `fields` are the event's own. */
export interface LogRecord {
  readonly level: LogLevel;
  readonly event: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Writes one log line. */
export type Log = (record: LogRecord) => void;

export interface LogOptions {
  /** Takes one line, with its line break. */
  readonly write: (line: string) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** `json` for machines, `text` for a terminal. */
  readonly format?: "json" | "text";
  /** Colours in `text`. */
  readonly color?: boolean;
  /** Lines of one event in one minute; the rest is only counted, and the next line says how many were left out. */
  readonly maxLinesPerMinute?: number;
}

const maxStringLength = 1_000;

/**
 * Writes one line per record. JSON lines carry `timestamp` and `level`, which is what Lambda's JSON log format needs
 * to keep the level (Lambda guide, "Log and monitor: advanced logging controls"). Strings are bounded.
 */
export function createLog(options: LogOptions): Log {
  const { write, now, format = "json", color = false, maxLinesPerMinute = 120 } = options;
  const minutes = new Map<string, { startedAt: number; lines: number; left: number }>();

  /** How many lines of this event were left out since the last one; undefined when this one is left out too. */
  function admit(event: string, at: number): number | undefined {
    const minute = minutes.get(event);
    if (!minute || at - minute.startedAt >= 60_000 || at < minute.startedAt) {
      minutes.set(event, { startedAt: at, lines: 1, left: 0 });
      return minute?.left ?? 0;
    }
    if (minute.lines < maxLinesPerMinute) {
      minute.lines++;
      return 0;
    }
    minute.left++;
    return undefined;
  }

  return (record) => {
    const at = now();
    const omitted = admit(record.event, at);
    if (omitted === undefined) return;
    const fields = omitted > 0 ? { ...record.fields, omittedLines: omitted } : record.fields;
    const line = { ...record, fields };
    write(`${format === "json" ? jsonLine(line, at) : textLine(line, at, color)}\n`);
  };
}

function jsonLine({ level, event, message, fields }: LogRecord, at: number): string {
  const head = { timestamp: new Date(at).toISOString(), level, event, message: bounded(message) };
  // Twice: first in the line, and no field can take its place.
  return printableJson(JSON.stringify({ ...head, ...Object.fromEntries(plain(fields)), ...head }));
}

function textLine({ level, event, message, fields }: LogRecord, at: number, color: boolean): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const time = new Date(at).toISOString().slice(11, 23);
  const rest = plain(fields).map(([key, value]) => `${key}=${typeof value === "string" ? quoted(value) : value}`);
  const head = `${paint(2, time)} ${paint(colors[level], level.padEnd(5))} ${quotedMessage(message)}`;
  return `${head} ${paint(2, [event, ...rest].join(" "))}`;
}

const colors: Readonly<Record<LogLevel, number>> = { debug: 2, info: 32, warn: 33, error: 31 };

/** Numbers, booleans and bounded strings; whatever else slips in prints as its `toString`, a `Secret` as `[secret]`. */
function plain(fields: Readonly<Record<string, unknown>>): [string, string | number | boolean][] {
  return Object.entries(fields).flatMap(([key, value]): [string, string | number | boolean][] => {
    if (value === undefined || key === "message") return [];
    if (typeof value === "number") return [[key, key.endsWith("Ms") ? Math.round(value) : value]];
    return [[key, typeof value === "boolean" ? value : bounded(String(value))]];
  });
}

function bounded(text: string): string {
  return text.length <= maxStringLength ? text : `${text.slice(0, maxStringLength - 1)}…`;
}

function quoted(text: string): string {
  return /^[\w.:/,-]+$/.test(text) ? text : printableJson(JSON.stringify(text));
}

/** Escapes control characters, so that no sender can draw on the operator's terminal. */
function quotedMessage(message: string): string {
  return printableJson(JSON.stringify(bounded(message)))
    .slice(1, -1)
    .replaceAll('\\"', '"');
}
