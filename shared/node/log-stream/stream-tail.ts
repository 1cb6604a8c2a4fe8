import { createInFlight } from "../tail/in-flight.ts";
import type { Positions } from "../tail/positions.ts";
import { positionBehind, resumeBehind } from "./resume.ts";
import type { TimedLine } from "./timed-line.ts";

/** How the log of one container is followed. */
export interface StreamTailOptions {
  readonly positions: Positions;
  /** Key of the position: `cursor-…`. */
  readonly cursor: string;
  /** The log from a second on; ends when the container does, or `signal` aborts. */
  readonly open: (sinceSeconds: number, signal: AbortSignal) => Promise<AsyncIterable<TimedLine>>;
  /** Gives lines on; resolves when they are durable. */
  readonly send: (lines: readonly TimedLine[]) => Promise<void>;
  readonly maxBytesInFlight?: number;
}

/** Follows a log that can be asked for again from a time on. */
export interface StreamTail {
  /** Reads until the log ends; rejects when it cannot be read. May be called again. */
  read(signal: AbortSignal): Promise<void>;
  /** Resolves when what was given on is durable, or will not be. */
  idle(): Promise<void>;
  /** Lines that were read so far. */
  readonly lines: number;
}

const batchBytes = 65_536;
const batchMs = 50;

/** A tail behind the saved position. */
export function createStreamTail(options: StreamTailOptions): StreamTail {
  const { positions, cursor, open, send, maxBytesInFlight = 4_194_304 } = options;
  let roomMade = () => {};
  const inFlight = createInFlight(() => roomMade());
  let pending: TimedLine[] = [];
  let pendingBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let lines = 0;
  /** The last line that was read, durable or not: behind it this process goes on. */
  let newest: TimedLine | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const [bytes, batch] = [pendingBytes, pending];
    const end = batch.at(-1);
    if (end === undefined) return;
    pending = [];
    pendingBytes = 0;
    const position = positionBehind(end);
    inFlight.add({ bytes, sending: send(batch), passed: () => positions.set(cursor, "", position) });
  }

  function add(line: TimedLine): void {
    pending.push(line);
    pendingBytes += line.line.length;
    lines += 1;
    newest = line;
    if (pendingBytes >= batchBytes) flush();
    else timer ??= setTimeout(flush, batchMs);
  }

  async function room(signal: AbortSignal): Promise<void> {
    while (inFlight.bytes >= maxBytesInFlight && !signal.aborted) {
      await new Promise<void>((resolve) => {
        roomMade = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  return {
    async read(signal) {
      const { sinceSeconds, filter } = resumeBehind(newest ? positionBehind(newest) : positions.get(cursor, ""));
      try {
        for await (const line of await open(sinceSeconds, signal)) {
          for (const fresh of filter(line)) add(fresh);
          if (inFlight.bytes >= maxBytesInFlight) await room(signal);
          if (signal.aborted) return;
        }
      } finally {
        flush();
      }
    },
    idle: () => inFlight.idle(),
    get lines() {
      return lines;
    },
  };
}
