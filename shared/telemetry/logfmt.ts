import { formatDuration } from "../alloy/duration.ts";
import type { Log, LogRecord } from "./log.ts";

export interface PipelineLogOptions {
  /** Takes one line, with its line break. */
  readonly write: (line: string) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Asked for each line: it may change while the process runs. */
  readonly format: () => "logfmt" | "json";
  /** Gets each line as well, without its line break. */
  readonly copy?: (line: string) => void;
}

type Pair = readonly [string, string | number | boolean];

const maxLength = 4_000;

/**
 * Writes lines as Grafana Alloy does: `ts`, `level`, `msg`, the component, then the fields. Times are RFC 3339, a field in
 * milliseconds is written as a duration.
 */
export function createPipelineLog({ write, now, format, copy }: PipelineLogOptions): Log {
  return (record) => {
    const pairs = pairsOf(record, now());
    const line = format() === "json" ? JSON.stringify(Object.fromEntries(pairs)) : pairs.map(logfmtPair).join(" ");
    write(`${line}\n`);
    copy?.(line);
  };
}

function pairsOf({ level, message, fields }: LogRecord, at: number): readonly Pair[] {
  const { component_id: id, message: _said, ...rest } = fields;
  const head: Pair[] = [
    ["ts", new Date(at).toISOString().replace(/0+Z$/, "Z").replace(".Z", "Z")],
    ["level", level],
    ["msg", bounded(message)],
  ];
  if (typeof id === "string") {
    const slash = id.lastIndexOf("/");
    head.push(["component_path", `/${id.slice(0, Math.max(slash, 0))}`], ["component_id", id.slice(slash + 1)]);
  }
  return [...head, ...Object.entries(rest).flatMap(([key, value]) => pairOf(key, value))];
}

function pairOf(key: string, value: unknown): readonly Pair[] {
  if (value === undefined) return [];
  if (typeof value === "number") {
    return key.endsWith("Ms") ? [[key.slice(0, -2), formatDuration(value)]] : [[key, value]];
  }
  return [[key, typeof value === "boolean" ? value : bounded(String(value))]];
}

function bounded(text: string): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}

function logfmtPair([key, value]: Pair): string {
  const name = key.replace(/[\s="\p{Cc}]/gu, "_");
  if (typeof value !== "string") return `${name}=${value}`;
  const plain = value !== "" && !/[\s="\p{Cc}\u2028\u2029\ufffd]/u.test(value);
  return `${name}=${plain ? value : JSON.stringify(value)}`;
}
