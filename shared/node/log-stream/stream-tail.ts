import { lineLength } from "../../loki/line-entry.ts";
import { createInFlight, type InFlight } from "../tail/in-flight.ts";
import type { Position, Positions } from "../tail/positions.ts";
import { positionBehind, resumeBehind } from "./resume.ts";
import type { TimedLine } from "./timed-line.ts";

/** How the log of one container is followed. */
export interface StreamTailOptions {
  readonly positions: Positions;
  /** Key of the position: `cursor-…`. */
  readonly cursor: string;
  /** The log from a second on, lines as they come together; ends when the container does, or `signal` aborts. */
  readonly open: (sinceSeconds: number, signal: AbortSignal) => Promise<AsyncIterable<readonly TimedLine[]>>;
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
  return new ResumedStream(options);
}

class ResumedStream implements StreamTail {
  private readonly positions: StreamTailOptions["positions"];
  private readonly cursor: StreamTailOptions["cursor"];
  private readonly open: StreamTailOptions["open"];
  private readonly send: StreamTailOptions["send"];
  private readonly maxBytesInFlight: number;
  private roomMade = () => {};
  private readonly inFlight: InFlight;
  private pending: TimedLine[] = [];
  private pendingBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  lines = 0;
  /** Behind the last line that was read, durable or not: there this process goes on. */
  private behind: Position | undefined;

  constructor(options: StreamTailOptions) {
    const { positions, cursor, open, send, maxBytesInFlight = 4_194_304 } = options;
    this.positions = positions;
    this.cursor = cursor;
    this.open = open;
    this.send = send;
    this.maxBytesInFlight = maxBytesInFlight;
    this.inFlight = createInFlight(() => this.roomMade());
  }

  async read(signal: AbortSignal): Promise<void> {
    const { sinceSeconds, filter } = resumeBehind(this.behind ?? this.positions.get(this.cursor, ""));
    try {
      for await (const lines of await this.open(sinceSeconds, signal)) {
        for (const line of lines) for (const fresh of filter(line)) this.add(fresh);
        if (this.inFlight.bytes >= this.maxBytesInFlight) await this.room(signal);
        if (signal.aborted) return;
      }
    } finally {
      this.flush();
    }
  }

  idle(): Promise<void> {
    return this.inFlight.idle();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const [bytes, batch] = [this.pendingBytes, this.pending];
    const end = batch.at(-1);
    if (end === undefined) return;
    this.pending = [];
    this.pendingBytes = 0;
    const position = positionBehind(end);
    this.behind = position;
    this.inFlight.add({
      bytes,
      sending: this.send(batch),
      passed: () => this.positions.set(this.cursor, "", position),
    });
  }

  private add(line: TimedLine): void {
    this.pending.push(line);
    this.pendingBytes += lineLength(line);
    this.lines += 1;
    if (this.pendingBytes >= batchBytes) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), batchMs);
  }

  private async room(signal: AbortSignal): Promise<void> {
    while (this.inFlight.bytes >= this.maxBytesInFlight && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.roomMade = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }
}
