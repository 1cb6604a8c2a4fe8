import { type Clock, monotonic } from "../../shared/clock.ts";
import type { Commit } from "../../shared/commit/group-commit.ts";

export interface AvailabilityOptions {
  readonly commit: Commit;
  /** Tries what requests are made durable by: why it does not work, or undefined. */
  readonly probe: () => Promise<string | undefined>;
  readonly clock: Clock;
  /** Called when requests can be made durable, and when they no longer can. */
  readonly onChange: (problem: string | undefined) => void;
}

export interface Availability {
  /** `commit`, watched. */
  readonly commit: Commit;
  /** Why requests cannot be made durable now; undefined when they can. */
  problem(): string | undefined;
  /** Probes until it works, and again whenever it no longer does, until `abort`. */
  watch(abort: AbortSignal): Promise<void>;
}

const lookEveryMs = 500;
/** Between probes, doubling: a destination that is down, or refuses the credentials, is asked less and less. */
const probePauseMs = { first: 1000, longest: 15_000 };
/** What the last request found is true for so long; nobody may be sending because of it. */
const rememberMs = 60_000;

/**
 * Knows whether requests can be made durable: by what becomes of them and, before there are any, by probing. A probe clears
 * only what it found: it tests less than a request does. What a request found is cleared by a request that is accepted.
 */
export function createAvailability({ commit, probe, clock, onChange }: AvailabilityOptions): Availability {
  let probed: string | undefined = "the destination has not been reached yet";
  let failed: { readonly reason: string; readonly at: number } | undefined;
  let told: string | undefined = probed;

  return {
    async commit(group, urgency) {
      const acceptances = await commit(group, urgency);
      const answers = [...acceptances.values()];
      const unavailable = answers.find((acceptance) => acceptance.kind === "unavailable");
      if (answers.some(({ kind }) => kind === "accepted")) {
        probed = undefined;
        failed = undefined;
      } else if (unavailable?.kind === "unavailable") {
        failed = { reason: unavailable.reason, at: monotonic(clock) };
      }
      tell();
      return acceptances;
    },
    problem,
    async watch(abort) {
      let pauseMs = probePauseMs.first;
      while (!abort.aborted) {
        if (problem() !== undefined) await look();
        const isFine = problem() === undefined;
        await clock.sleep(isFine ? lookEveryMs : pauseMs, abort);
        pauseMs = isFine ? probePauseMs.first : Math.min(probePauseMs.longest, pauseMs * 2);
      }
    },
  };

  function problem(): string | undefined {
    return failed?.reason ?? probed;
  }

  async function look(): Promise<void> {
    probed = await probe().catch((error: unknown) => String(error));
    if (probed === undefined && failed && monotonic(clock) - failed.at >= rememberMs) failed = undefined;
    tell();
  }

  function tell(): void {
    const now = problem();
    const changed = (now === undefined) !== (told === undefined);
    told = now;
    if (changed) onChange(now);
  }
}
