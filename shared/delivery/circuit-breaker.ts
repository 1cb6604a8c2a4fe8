import { type Backoff, delayAfter } from "../backoff.ts";
import { type Clock, monotonic, type Random } from "../clock.ts";
import type { Emit } from "../telemetry/events/events.ts";
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
const maxPauseMs = 60_000;
/** A trial that never came to an end makes room for another one. */
const maxTrialMs = 60_000;

/**
 * Opens after two failures in a row, at once where credentials or URL are refused. Then one export at a time is the
 * trial: its success closes the circuit, its failure keeps it open for longer. Runs by a clock that nobody sets back.
 */
export function createCircuit(options: CircuitOptions): Circuit {
  return new CircuitBreaker(options);
}

class CircuitBreaker implements Circuit {
  private readonly options: CircuitOptions;
  private readonly destination: CircuitOptions["destination"];
  private readonly clock: CircuitOptions["clock"];
  private readonly emit: CircuitOptions["emit"];
  private failures = 0;
  private openings = 0;
  private openUntil = 0;
  private downSince = 0;
  private trial = false;
  private reason = "";

  constructor(options: CircuitOptions) {
    this.options = options;
    this.destination = options.destination;
    this.clock = options.clock;
    this.emit = options.emit;
  }

  isOpen(): boolean {
    return this.openings > 0;
  }

  blocked() {
    if (this.openings === 0) return undefined;
    const afterMs = this.openUntil - monotonic(this.clock);
    if (afterMs > 0) return { reason: this.reason, afterMs: this.trial ? this.options.baseMs : afterMs };
    this.trial = true;
    this.openUntil = monotonic(this.clock) + maxTrialMs;
    return undefined;
  }

  record(verdict: Verdict, exports = 1): void {
    if (verdict.kind === "delivered" || verdict.kind === "refused") {
      this.succeed();
      return;
    }
    this.failures += exports;
    this.reason = verdict.kind === "retry" ? verdict.reason : verdict.message;
    const chance = verdict.kind === "retry" && this.failures < failuresToOpen;
    // Exports that were under way when the circuit opened say nothing new.
    if (chance || (this.openings > 0 && !this.trial)) return;
    this.trial = false;
    this.openings += 1;
    if (this.openings === 1) this.downSince = monotonic(this.clock);
    const afterMs = verdict.kind === "retry" ? verdict.afterMs : undefined;
    const ownMs = delayAfter(this.openings, { ...this.options, maxMs: Math.min(this.options.maxMs, maxPauseMs) });
    const retryMs = Math.min(this.options.maxMs, Math.max(ownMs, afterMs ?? 0));
    this.openUntil = monotonic(this.clock) + retryMs;
    this.emit("destination.down", { destination: this.destination, reason: this.reason, retryMs });
  }

  private succeed(): void {
    if (this.openings > 0)
      this.emit("destination.up", { destination: this.destination, downMs: monotonic(this.clock) - this.downSince });
    this.failures = 0;
    this.openings = 0;
    this.trial = false;
  }

  withdraw(): void {
    if (!this.trial) return;
    this.trial = false;
    this.openUntil = monotonic(this.clock);
  }
}
