import type { Outcome, Retry } from "../batch/outcome.ts";
import { type Clock, monotonic } from "../clock.ts";
import type { Attempted } from "./attempt.ts";
import type { Circuit } from "./circuit-breaker.ts";
import type { Opened } from "./pieces.ts";
import { createRecentFailures } from "./recent-failures.ts";

/** Distinct batches that failed since anything was taken, beyond which it is an outage for everybody. */
const maxFailing = 5;
const newcomerPauseMs = 1000;

/** What is remembered of a destination for one signal: what failed there alone, and when anything was taken. */
export class DestinationMemory {
  readonly failures = createRecentFailures();
  /** Credentials or address were refused: that is so for every batch, and no newcomer need ask. */
  isRefusedForAll = false;
  private readonly circuit: Circuit;
  private readonly clock: Pick<Clock, "now" | "monotonic">;
  /** What failed alone since anything was taken: a few of them are not an outage, but may look like one. */
  private readonly failing = createRecentFailures();
  private takenAt = Number.NEGATIVE_INFINITY;
  private trialAt = Number.NEGATIVE_INFINITY;

  constructor({ circuit, clock }: { readonly circuit: Circuit; readonly clock: Pick<Clock, "now" | "monotonic"> }) {
    this.circuit = circuit;
    this.clock = clock;
  }

  taken({ rejected }: Extract<Attempted, { kind: "delivered" }>): Outcome {
    this.takenAt = monotonic(this.clock);
    this.failing.clear();
    this.circuit.record({ kind: "delivered", rejected: 0 });
    return { kind: "delivered", rejected };
  }

  /** These bytes failed alone; true where others were taken since they began to. */
  failedAlone(bytes: Uint8Array): boolean {
    const since = this.failures.add(bytes, monotonic(this.clock));
    this.failing.add(bytes, monotonic(this.clock));
    return this.takenAt > since;
  }

  /** Asked just now: a newcomer waits. */
  asked(): void {
    this.trialAt = monotonic(this.clock);
  }

  /**
   * Whether it goes ahead although the destination counts as down: where only a few batches say so, again and again, another one is
   * asked soon. In an outage there are more of them at once.
   */
  isNewcomer(piece: Opened): boolean {
    if (this.isRefusedForAll || "damage" in piece) return false;
    if (this.failing.size > maxFailing || this.failing.has(piece.bytes)) return false;
    if (monotonic(this.clock) - this.trialAt < newcomerPauseMs) return false;
    this.asked();
    return true;
  }

  labelled(retry: Retry): Retry {
    const isOutage = retry.cause === "failed" && !retry.isIsolated && this.circuit.isOpen();
    return isOutage ? { ...retry, cause: "outage" } : retry;
  }
}
