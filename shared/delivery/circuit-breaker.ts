import { type Backoff, delayAfter } from "../backoff.ts";
import type { Clock, Random } from "../clock.ts";
import type { Emit } from "../telemetry/events.ts";
import type { Verdict } from "./verdict.ts";

export interface CircuitOptions extends Backoff {
  readonly destination: string;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  readonly emit: Emit;
}

/** Remembers, for as long as the process lives, that a destination is down, so that it is not asked by every export. */
export interface Circuit {
  /** Undefined: go ahead, and `record` what came of it. Otherwise the destination is down for another `afterMs`. */
  blocked(): { readonly reason: string; readonly afterMs: number } | undefined;
  record(verdict: Verdict): void;
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
 * trial: its success closes the circuit, its failure keeps it open for longer.
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
    const afterMs = openUntil - clock.now();
    if (afterMs > 0) return { reason, afterMs: trial ? options.baseMs : afterMs };
    trial = true;
    openUntil = clock.now() + longestTrialMs;
    return undefined;
  }

  function record(verdict: Verdict): void {
    if (verdict.kind === "delivered" || verdict.kind === "refused") {
      succeed();
      return;
    }
    failures += 1;
    reason = verdict.kind === "retry" ? verdict.reason : verdict.message;
    const chance = verdict.kind === "retry" && failures < failuresToOpen;
    // Exports that were under way when the circuit opened say nothing new.
    if (chance || (openings > 0 && !trial)) return;
    trial = false;
    openings += 1;
    downSince ||= clock.now();
    const afterMs = verdict.kind === "retry" ? verdict.afterMs : undefined;
    const ownMs = delayAfter(openings, { ...options, maxMs: Math.min(options.maxMs, longestPauseMs) });
    const retryMs = Math.min(options.maxMs, Math.max(ownMs, afterMs ?? 0));
    openUntil = clock.now() + retryMs;
    emit("destination.down", { destination, reason, retryMs });
  }

  function succeed(): void {
    if (openings > 0) emit("destination.up", { destination, downMs: clock.now() - downSince });
    failures = 0;
    openings = 0;
    downSince = 0;
    trial = false;
  }

  return { blocked, record, isOpen: () => openings > 0 };
}
