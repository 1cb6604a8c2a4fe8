import { LineEntry } from "../../loki/line-entry.ts";
import { readRfc3339 } from "../../loki/rfc3339.ts";
import type { TextRange } from "../../loki/text-of.ts";

const blank = 0x20;

/** A line of a container's log with the time that the runtime put in front of it. Whoever gets it may change it. */
export class TimedLine extends LineEntry {
  /** `stdout` or `stderr`; empty where it is not known. */
  stream = "";

  static ofTime(timeUnixNano: bigint, text: string, stream = ""): TimedLine {
    const made = new TimedLine();
    made.timeUnixNano = timeUnixNano;
    made.line = text;
    made.stream = stream;
    return made;
  }
}

/** Takes the time off a line that is bytes, which nobody changes; undefined when it does not begin with one. */
export function timedBytes({ block, from, to }: TextRange, stream = ""): TimedLine | undefined {
  let end = from;
  while (end < to && block[end] !== blank) end += 1;
  const made = new TimedLine();
  if (!readRfc3339({ block, from, to: end }, made)) return undefined;
  made.stream = stream;
  made.move({ block, from: Math.min(end + 1, to), to });
  return made;
}

/** Leaves at most so many bytes of a line, and no half character; whether it was longer. */
export function cutLine(line: TimedLine, maxBytes: number): boolean {
  const { block, from, to } = line;
  if (block === undefined || to - from <= maxBytes) return false;
  let end = from + maxBytes;
  while (end > from && ((block[end] as number) & 0xc0) === 0x80) end -= 1;
  line.cut(from, end);
  return true;
}
