import type { Clock } from "../../shared/clock.ts";
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

/** Knows whether requests can be made durable: by what becomes of them and, while none succeeds, by probing. */
export function createAvailability({ commit, probe, clock, onChange }: AvailabilityOptions): Availability {
  let problem: string | undefined = "the destination has not been reached yet";

  return {
    async commit(group, urgency) {
      const acceptances = await commit(group, urgency);
      const answers = [...acceptances.values()];
      const failed = answers.find((acceptance) => acceptance.kind === "unavailable");
      if (answers.some(({ kind }) => kind === "accepted")) set(undefined);
      else if (failed?.kind === "unavailable") set(failed.reason);
      return acceptances;
    },
    problem: () => problem,
    async watch(abort) {
      let pauseMs = probePauseMs.first;
      while (!abort.aborted) {
        if (problem !== undefined) set(await probe().catch((error: unknown) => String(error)));
        await clock.sleep(problem === undefined ? lookEveryMs : pauseMs, abort);
        pauseMs = problem === undefined ? probePauseMs.first : Math.min(probePauseMs.longest, pauseMs * 2);
      }
    },
  };

  function set(next: string | undefined): void {
    const changed = (next === undefined) !== (problem === undefined);
    problem = next;
    if (changed) onChange(next);
  }
}
