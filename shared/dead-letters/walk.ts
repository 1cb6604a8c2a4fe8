import type { Clock } from "../clock.ts";
import type { QueueReader, ReceivedMessage } from "../queue/queue-reader.ts";
import { type DeadLetter, readDeadLetter } from "./dead-letter.ts";
import { createLeases, type Leases } from "./leases.ts";

export interface WalkOptions {
  readonly reader: QueueReader;
  readonly clock: Clock;
  /** How long a receive waits where nothing is visible: a wait makes SQS ask all its servers. Default 1. */
  readonly waitSeconds?: number;
  /** How long letters are hidden at a time; after a crash they are back by then. Renewed while the walk lasts. */
  readonly leaseSeconds: number;
  /** Ends the walk after the letters in hand. */
  readonly stop?: AbortSignal;
  /** Nothing is started after this, milliseconds since the epoch. */
  readonly deadlineAt?: number;
  /** How long to wait for letters that somebody else holds; default 0. */
  readonly patienceMs?: number;
  /** Most letters held at once; default 100,000, below the 120,000 that SQS allows in flight. */
  readonly maxLeased?: number;
  /** Told before and after every visit: how many letters are done with, of about how many. */
  readonly onProgress?: (seen: number, total: number) => void;
  /** Told while it waits for letters that somebody else leases. */
  readonly onWait?: (letters: number) => void;
}

/** How a walk ended; only after `all` has every letter been seen. */
export interface WalkEnd {
  readonly ended: "all" | "enough" | "interrupted" | "deadline" | "full" | "failed";
  /** Why it failed. */
  readonly reason?: string;
  /** About how many letters could not be seen because somebody else holds them. */
  readonly leasedByOthers: number;
  /** Dead letters that were dead-lettered after the walk began. */
  readonly newer: number;
}

/** Does something about letters, each of which it is shown once; says whether the walk is to go on. */
export type Visit = (
  letters: readonly DeadLetter[],
  leases: Leases,
) => Promise<"on" | "enough" | "deadline" | { readonly failed: string }>;

/** Receives in a row that bring nothing new before the queue counts as seen: one alone may have missed something. */
const emptyReceives = 2;
const receiveFailures = 3;
const pauseMs = 1000;

/**
 * Shows every dead letter that was dead-lettered before now to `visit`. Letters stay hidden until the walk is over, so that each comes
 * once and none blocks the others; then those that `visit` has not removed are shown again. Never rejects, unless `visit` does.
 */
export async function walkDeadLetters(options: WalkOptions, visit: Visit): Promise<WalkEnd> {
  const { reader, clock, leaseSeconds, stop, deadlineAt = Number.POSITIVE_INFINITY, patienceMs = 0 } = options;
  const { waitSeconds = 1 } = options;
  const { maxLeased = 100_000, onProgress, onWait } = options;
  const startedAt = clock.now();
  const status = await reader.status();
  if (status.kind === "failed") return { ended: "failed", reason: status.reason, leasedByOthers: 0, newer: 0 };
  const { retentionMs } = status;
  const total = status.waiting + status.inFlight;
  const leases = createLeases(reader, clock, leaseSeconds);
  const seen = new Set<string>();
  let newer = 0;
  let leasedByOthers = 0;
  try {
    const end = await walk();
    leasedByOthers = end.ended === "all" ? await countOthers() : 0;
    return { ...end, leasedByOthers, newer };
  } finally {
    await leases.release();
  }

  async function walk(): Promise<Pick<WalkEnd, "ended" | "reason">> {
    let nothing = 0;
    let failures = 0;
    let newsAt = startedAt;
    for (;;) {
      if (stop?.aborted) return { ended: "interrupted" };
      // Showing what is held takes its time, too.
      if (clock.now() + leases.size() >= deadlineAt) return { ended: "deadline" };
      if (leases.size() >= maxLeased) return { ended: "full" };
      await leases.renew();
      const askedAt = clock.now();
      const received = await reader.receive({ maxMessages: 10, leaseSeconds, waitSeconds });
      if (received.kind === "failed") {
        failures += 1;
        if (failures >= receiveFailures) return { ended: "failed", reason: received.reason };
        await clock.sleep(pauseMs, stop);
        continue;
      }
      failures = 0;
      leases.add(received.messages, askedAt);
      const fresh = received.messages.filter(({ id }) => !seen.has(id));
      if (fresh.length === 0) {
        nothing += 1;
        if (nothing < emptyReceives) continue;
        const others = patienceMs > clock.now() - newsAt ? await countOthers() : 0;
        if (others === 0) return { ended: "all" };
        onWait?.(others);
        await clock.sleep(pauseMs, stop);
        continue;
      }
      nothing = 0;
      newsAt = clock.now();
      for (const { id } of fresh) seen.add(id);
      onProgress?.(seen.size - fresh.length, Math.max(seen.size, total));
      const next = await visit(await read(fresh), leases);
      onProgress?.(seen.size, Math.max(seen.size, total));
      if (next === "enough" || next === "deadline") return { ended: next };
      if (next !== "on") return { ended: "failed", reason: next.failed };
    }
  }

  async function read(messages: readonly ReceivedMessage[]): Promise<DeadLetter[]> {
    const before = messages.filter(({ sentAt }) => sentAt <= startedAt);
    newer += messages.length - before.length;
    return Promise.all(before.map((message) => readDeadLetter(message, retentionMs)));
  }

  /** SQS counts late: a letter that was in flight a moment ago may have been seen since. */
  async function countOthers(): Promise<number> {
    const now = await reader.status();
    return now.kind === "failed" ? 0 : Math.max(0, Math.min(now.inFlight - leases.size(), total - seen.size));
  }
}
