import { createHash } from "node:crypto";
import type { Position } from "../tail/positions.ts";
import type { TimedLine } from "./timed-line.ts";

const maxHeld = 10_000;
const nanosPerSecond = 1_000_000_000n;

/** Where to go on in a log that can only be asked for from a second on. */
export interface Resume {
  /** Seconds since 1970 to ask from; 0 for the beginning. */
  readonly sinceSeconds: number;
  /** The lines that were not delivered yet: none is lost, and none repeated while the last delivered one is still there. */
  filter(line: TimedLine): readonly TimedLine[];
}

/** The position behind a line: its second, and by what it is known again. */
export function positionBehind(line: TimedLine): Position {
  return { offset: Number(line.timeUnixNano / nanosPerSecond), signature: { bytes: 0, hash: hash(line) } };
}

/** Goes on behind a position; without one, at the beginning. */
export function resumeBehind(position: Position | undefined): Resume {
  if (position === undefined) return { sinceSeconds: 0, filter: (line) => [line] };
  const { offset, signature } = position;
  let held: TimedLine[] | undefined = signature === undefined ? undefined : [];

  function filter(line: TimedLine): readonly TimedLine[] {
    if (line.timeUnixNano < BigInt(offset) * nanosPerSecond) return [];
    if (held === undefined) return [line];
    // The last delivered line is gone, or too far: what was held back was perhaps not delivered.
    const isBehind = line.timeUnixNano >= BigInt(offset + 1) * nanosPerSecond || held.length >= maxHeld;
    if (!isBehind && hash(line) !== signature?.hash) {
      held.push(line);
      return [];
    }
    const lines = isBehind ? [...held, line] : [];
    held = undefined;
    return lines;
  }

  return { sinceSeconds: offset, filter };
}

function hash({ timeUnixNano, stream, line }: TimedLine): string {
  return createHash("sha256").update(`${timeUnixNano} ${stream} ${line}`).digest("base64url").slice(0, 16);
}
