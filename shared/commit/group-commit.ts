import type { Accept, Acceptance, ReceivedRequest } from "../batch/accept.ts";
import type { Clock } from "../clock.ts";
import { type Entry, Lane, type LaneLimits } from "./lane.ts";

/** Requests of one format, for one tenant, that become durable together, in the order in which they came. */
export type Group = readonly [ReceivedRequest, ...ReceivedRequest[]];

/** Makes a group durable: an acceptance for each request. Never rejects. `final` means: do not wait for better times. */
export type Commit = (
  group: Group,
  urgency: { readonly final: boolean },
) => Promise<ReadonlyMap<ReceivedRequest, Acceptance>>;

export interface GroupCommitOptions extends LaneLimits {
  readonly commit: Commit;
  readonly clock: Clock;
}

export interface GroupCommit {
  readonly accept: Accept;
  /** From now on requests are committed at once, and finally: the process is about to stop. */
  hurry(): void;
  /** New requests are unavailable; resolves when nothing is in flight. */
  close(): Promise<void>;
  /** What is held, and for how long the oldest group has been on its way; 0 when there is none. */
  load(): { readonly requests: number; readonly bytes: number; readonly oldestMs: number };
}

/**
 * Batches requests across connections, per format, and answers each one when the group that holds it is durable. A request
 * that finds nothing of its format under way goes at once; what comes meanwhile goes together next. It holds no data that is
 * not waited for: whoever called `accept` has its answer only then.
 */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { commit, clock } = options;
  const lanes = new Map<string, Lane>();
  const underWay = new Set<{ readonly since: number }>();
  const held = { requests: 0, bytes: 0 };
  let hurried = false;
  let closing = false;
  let idle: (() => void) | undefined;

  return {
    // A client that goes away ends nothing: its request goes where the group goes, and holds memory for as long.
    accept(request) {
      if (closing)
        return Promise.resolve({ kind: "unavailable", reason: "the server is stopping", retryAfterMs: 1000 });
      return new Promise((settle) => {
        held.requests++;
        held.bytes += request.bytes.length;
        laneOf(request).add({ request, settle });
      });
    },
    hurry,
    close() {
      closing = true;
      hurry();
      if (held.requests === 0) return Promise.resolve();
      return new Promise((resolve) => {
        idle = resolve;
      });
    },
    load() {
      const [oldest] = underWay;
      return { ...held, oldestMs: oldest ? clock.now() - oldest.since : 0 };
    },
  };

  function hurry(): void {
    hurried = true;
    for (const lane of lanes.values()) lane.pump();
  }

  function laneOf({ format, tenant }: ReceivedRequest): Lane {
    const key = tenant === undefined ? format : `${format} ${tenant}`;
    let lane = lanes.get(key);
    if (!lane) {
      lane = new Lane({ ...options, run, isHurried: () => hurried });
      lanes.set(key, lane);
    }
    return lane;
  }

  async function run(entries: readonly Entry[]): Promise<() => void> {
    const flight = { since: clock.now() };
    underWay.add(flight);
    const acceptances = await commitAll(entries.map(({ request }) => request));
    underWay.delete(flight);
    return () => {
      for (const { request, settle } of entries) {
        settle(acceptances.get(request) ?? lost);
        held.requests--;
        held.bytes -= request.bytes.length;
      }
      if (held.requests === 0) idle?.();
    };
  }

  async function commitAll([first, ...others]: readonly ReceivedRequest[]): ReturnType<Commit> {
    if (!first) return new Map();
    const group: Group = [first, ...others];
    return commit(group, { final: hurried }).catch(
      (error: unknown) => new Map(group.map((request) => [request, crashed(error)])),
    );
  }
}

/** Nobody waits forever because of a fault of the program: all of the group get the error, and so does the log. */
function crashed(error: unknown): Acceptance {
  return { kind: "unavailable", reason: `the program failed: ${String(error)}`, retryAfterMs: 1000 };
}

const lost: Acceptance = { kind: "unavailable", reason: "no answer for this request", retryAfterMs: 1000 };
