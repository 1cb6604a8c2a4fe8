import { type Backoff, delayAfter } from "../backoff.ts";
import { type Clock, monotonic, type Random } from "../clock.ts";
import type { Emit } from "../telemetry/events.ts";
import type { Verdict } from "./verdict.ts";

export interface CircuitOptions extends Backoff {
  readonly destination: string;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly random: Random;
  readonly emit: Emit;
}

/** Remembers, for as long as the process lives, that a destination is down, so that it is not asked by every export. */
export interface Circuit {
  /** Undefined: go ahead, and `record` what came of it. Otherwise the destination is down for another `afterMs`. */
  blocked(): { readonly reason: string; readonly afterMs: number } | undefined;
  /** `exports`: how many in a row say so; default 1. */
  record(verdict: Verdict, exports?: number): void;
  /** What went ahead says nothing about the destination. */
  withdraw(): void;
  /** Whether the destination counts as down. */
  isOpen(): boolean;
}

/** One failure may be chance; two in a row are an outage. */
const failuresToOpen = 2;
/** Trials are cheap, one export each, and recovery waits for them: between two of them is never more, unless asked for. */
const longestPauseMs = 60_000;
/** A trial that never came to an end makes room for another one. */
const longestTrialMs = 60_000;

/**
 * Opens after two failures in a row, at once where credentials or URL are refused. Then one export at a time is the
 * trial: its success closes the circuit, its failure keeps it open for longer. Runs by a clock that nobody sets back.
 */
export function createCircuit(options: CircuitOptions): Circuit {
  const { destination, clock, emit } = options;
  let failures = 0;
  let openings = 0;
  let openUntil = 0;
  let downSince = 0;
  let trial = false;
  let reason = "";

  function blocked() {
    if (openings === 0) return undefined;
    const afterMs = openUntil - monotonic(clock);
    if (afterMs > 0) return { reason, afterMs: trial ? options.baseMs : afterMs };
    trial = true;
    openUntil = monotonic(clock) + longestTrialMs;
    return undefined;
  }

  function record(verdict: Verdict, exports = 1): void {
    if (verdict.kind === "delivered" || verdict.kind === "refused") {
      succeed();
      return;
    }
    failures += exports;
    reason = verdict.kind === "retry" ? verdict.reason : verdict.message;
    const chance = verdict.kind === "retry" && failures < failuresToOpen;
    // Exports that were under way when the circuit opened say nothing new.
    if (chance || (openings > 0 && !trial)) return;
    trial = false;
    openings += 1;
    if (openings === 1) downSince = monotonic(clock);
    const afterMs = verdict.kind === "retry" ? verdict.afterMs : undefined;
    const ownMs = delayAfter(openings, { ...options, maxMs: Math.min(options.maxMs, longestPauseMs) });
    const retryMs = Math.min(options.maxMs, Math.max(ownMs, afterMs ?? 0));
    openUntil = monotonic(clock) + retryMs;
    emit("destination.down", { destination, reason, retryMs });
  }

  function succeed(): void {
    if (openings > 0) emit("destination.up", { destination, downMs: monotonic(clock) - downSince });
    failures = 0;
    openings = 0;
    trial = false;
  }

  function withdraw(): void {
    if (!trial) return;
    trial = false;
    openUntil = monotonic(clock);
  }

  return { blocked, record, withdraw, isOpen: () => openings > 0 };
}
