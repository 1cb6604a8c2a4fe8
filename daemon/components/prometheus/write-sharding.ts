import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, monotonic } from "../../../shared/clock.ts";
import { createDesiredShards, type ShardRange } from "../../../shared/prometheus/remote-write/desired-shards.ts";
import type { WriteShards } from "../../../shared/prometheus/remote-write/write-shards.ts";
import type { Emit, EventFields } from "../../../shared/telemetry/events/events.ts";

export interface WriteShardingOptions {
  readonly range: ShardRange;
  /** Where the number is kept from one process to the next, for what is in the queue; undefined: the queue ends with the process. */
  readonly directory: string | undefined;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Messages in the queue. */
  readonly messages: () => number;
  /** Told what is there and what is wanted. */
  readonly onCount: (count: number, desired: number) => void;
}

/** The number of shards of an endpoint: it follows the load, and changes when nothing of the old shards is left in the queue. */
export interface WriteSharding {
  readonly count: number;
  /** Counts what is delivered, and hands everything on. */
  readonly emit: Emit;
  /** Samples that are in the queue now. */
  received(samples: number): void;
  run(write: WriteShards, abort: AbortSignal): Promise<void>;
}

/** As often as Prometheus does. */
const lookMs = 10_000;
const minSeconds = 0.1;
/** What comes is held while the old shards empty: not begun where that would take longer, and given up. */
const maxDrainSeconds = 20;
const giveUpMs = 30_000;
const pollMs = 50;
const file = "shards";

/** Begins with the number that the process before used, because the queue may hold its samples. */
export function createWriteSharding(options: WriteShardingOptions): WriteSharding {
  const { range, directory, clock, messages, onCount } = options;
  const desired = createDesiredShards(range);
  let count = (directory === undefined ? undefined : readCount(directory)) ?? range.min;
  let seen = { received: 0, appended: 0, sent: 0, sendSeconds: 0, exports: 0 };

  function inRange(shards: number): number {
    return Math.min(range.max, Math.max(range.min, shards));
  }

  async function change(to: number, write: WriteShards, drained: () => Promise<boolean>): Promise<void> {
    const isKept = async (): Promise<boolean> =>
      (await drained()) && (directory === undefined || keepCount(directory, to));
    if (await write.reshard(to, isKept)) {
      count = to;
    }
  }

  async function isDrained(abort: AbortSignal): Promise<boolean> {
    const until = monotonic(clock) + giveUpMs;
    while (messages() > 0) {
      if (abort.aborted || monotonic(clock) >= until) {
        return false;
      }
      await clock.sleep(pollMs, abort);
    }
    return true;
  }

  return {
    get count() {
      return count;
    },
    emit(name, fields) {
      if (name === "export.delivered") {
        const { items, durationMs } = fields as EventFields["export.delivered"];
        seen.sent += items;
        seen.sendSeconds += durationMs / 1_000;
        seen.exports++;
      }
      options.emit(name, fields);
    },
    received(samples) {
      seen.received += samples;
      seen.appended++;
    },
    async run(write, abort) {
      if (count !== inRange(count)) {
        await change(inRange(count), write, async () => messages() === 0);
      }
      let perMessage = 1;
      while (!abort.aborted) {
        onCount(count, count);
        const since = monotonic(clock);
        await clock.sleep(lookMs, abort);
        const seconds = Math.max(minSeconds, (monotonic(clock) - since) / 1_000);
        const now = seen;
        seen = { received: 0, appended: 0, sent: 0, sendSeconds: 0, exports: 0 };
        perMessage = now.appended > 0 ? now.received / now.appended : perMessage;
        const load = { ...now, seconds, pending: messages() * perMessage };
        const wanted = inRange(desired(load, count));
        onCount(count, wanted);
        const drainSeconds = (messages() * now.sendSeconds) / Math.max(1, now.exports) / count;
        if (wanted !== count && drainSeconds <= maxDrainSeconds && !abort.aborted) {
          await change(wanted, write, () => isDrained(abort));
        }
      }
    },
  };
}

function readCount(directory: string): number | undefined {
  try {
    const count = Number(readFileSync(join(directory, file), "utf8"));
    return Number.isInteger(count) && count > 0 ? count : undefined;
  } catch {
    return undefined;
  }
}

/** False where it cannot be kept: the number stays as it is then. */
function keepCount(directory: string, count: number): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, `${file}.new`), String(count), { flush: true });
    renameSync(join(directory, `${file}.new`), join(directory, file));
    return true;
  } catch {
    return false;
  }
}
