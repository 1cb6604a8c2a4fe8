import { parseRfc3339 } from "../../loki/rfc3339.ts";

/** A line of a container's log with the time that the runtime put in front of it. */
export interface TimedLine {
  readonly timeUnixNano: bigint;
  readonly line: string;
  /** `stdout` or `stderr`, where it is known. */
  readonly stream?: string;
}

/** Takes the time off a line; undefined when it does not begin with one. */
export function timedLine(text: string, stream?: string): TimedLine | undefined {
  const blank = text.indexOf(" ");
  const timeUnixNano = parseRfc3339(blank < 0 ? text : text.slice(0, blank));
  if (timeUnixNano === undefined) return undefined;
  const line = blank < 0 ? "" : text.slice(blank + 1);
  return { timeUnixNano, line, ...(stream !== undefined && { stream }) };
}
