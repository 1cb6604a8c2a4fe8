import type { Accept, Acceptance, ReceivedRequest } from "../batch/accept.ts";
import type { Clock } from "../clock.ts";

/** Requests of one format, for one tenant, that become durable together, in the order in which they came. */
export type Group = readonly [ReceivedRequest, ...ReceivedRequest[]];

/** Makes a group durable: an acceptance for each request. Never rejects. `final` means: do not wait for better times. */
export type Commit = (
  group: Group,
  urgency: { readonly final: boolean },
) => Promise<ReadonlyMap<ReceivedRequest, Acceptance>>;

/** Sizes in bytes of uncompressed protobuf, times in milliseconds. */
export interface GroupCommitOptions {
  readonly commit: Commit;
  readonly clock: Clock;
  /** While others are under way a group is committed when it has this many bytes or items, or its oldest request is this old. */
  readonly maxBytes: number;
  readonly maxItems: number;
  readonly maxDelayMs: number;
  /** Groups of one format that may be on their way at once; requests gather meanwhile. */
  readonly maxConcurrent: number;
  /** A gzip request of at least this size needs no company: alone it is sent on as it came, nothing is compressed again. */
  readonly passBytes: number;
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

interface Entry {
  readonly request: ReceivedRequest;
  readonly settle: (acceptance: Acceptance) => void;
}

interface Lane {
  readonly waiting: Entry[];
  bytes: number;
  items: number;
  /** How many of those that wait need no company. */
  passing: number;
  /** Ends the wait for company. */
  timer: AbortController | undefined;
  due: boolean;
  committing: number;
}

/**
 * Batches requests across connections, per format, and answers each one when the group that holds it is durable. A request
 * that finds nothing of its format under way goes at once; what comes meanwhile goes together next. It holds no data that is
 * not waited for: whoever called `accept` has its answer only then.
 */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { commit, clock, maxBytes, maxItems, maxDelayMs, maxConcurrent, passBytes } = options;
  const lanes = new Map<string, Lane>();
  const underWay = new Set<{ readonly since: number }>();
  let requests = 0;
  let bytes = 0;
  let hurried = false;
  let closing = false;
  let idle: (() => void) | undefined;

  return {
    // A client that leaves ends nothing: its request goes where the group goes, and holds memory for as long.
    accept(request) {
      if (closing)
        return Promise.resolve({ kind: "unavailable", reason: "the server is stopping", retryAfterMs: 1000 });
      return new Promise((resolve) => add(request, resolve));
    },
    hurry,
    close() {
      closing = true;
      hurry();
      if (requests === 0) return Promise.resolve();
      return new Promise((resolve) => {
        idle = resolve;
      });
    },
    load() {
      const [oldest] = underWay;
      return { requests, bytes, oldestMs: oldest ? clock.now() - oldest.since : 0 };
    },
  };

  function hurry(): void {
    hurried = true;
    for (const lane of lanes.values()) pump(lane);
  }

  function add(request: ReceivedRequest, settle: Entry["settle"]): void {
    const lane = laneOf(request);
    requests++;
    bytes += request.bytes.length;
    lane.waiting.push({ request, settle });
    lane.bytes += request.bytes.length;
    lane.items += request.items;
    if (passes(request)) lane.passing++;
    pump(lane);
    if (lane.waiting.length > 0 && !lane.timer && !lane.due && !hurried) wait(lane);
  }

  function laneOf({ format, tenant }: ReceivedRequest): Lane {
    const key = JSON.stringify([format, tenant]);
    let lane = lanes.get(key);
    if (!lane) {
      lane = { waiting: [], bytes: 0, items: 0, passing: 0, timer: undefined, due: false, committing: 0 };
      lanes.set(key, lane);
    }
    return lane;
  }

  function wait(lane: Lane): void {
    const timer = new AbortController();
    lane.timer = timer;
    void clock.sleep(maxDelayMs, timer.signal).then(() => {
      if (lane.timer !== timer) return;
      lane.timer = undefined;
      lane.due = true;
      pump(lane);
    });
  }

  /** Commits full groups, and those whose time or end has come; then what needs no company; then, if nothing is under way, the rest. */
  function pump(lane: Lane): void {
    while (lane.waiting.length > 0 && (hurried || lane.committing < maxConcurrent)) {
      const isFull = lane.bytes >= maxBytes || lane.items >= maxItems;
      if (isFull || lane.due || hurried) void run(lane, takeGroup(lane));
      else if (lane.passing > 0) void run(lane, takePassing(lane));
      else if (lane.committing === 0) void run(lane, takeGroup(lane));
      else return;
    }
  }

  /** The oldest requests, as many as fit the limits, at least one. */
  function takeGroup(lane: Lane): Entry[] {
    let groupBytes = 0;
    let groupItems = 0;
    let count = 0;
    for (const { request } of lane.waiting) {
      if (count > 0 && (groupBytes + request.bytes.length > maxBytes || groupItems + request.items > maxItems)) break;
      groupBytes += request.bytes.length;
      groupItems += request.items;
      count++;
    }
    lane.due = false;
    lane.timer?.abort(noLonger);
    lane.timer = undefined;
    const entries = remove(lane, 0, count);
    if (lane.waiting.length > 0 && !hurried) wait(lane);
    return entries;
  }

  function takePassing(lane: Lane): Entry[] {
    const index = lane.waiting.findIndex(({ request }) => passes(request));
    const entries = remove(lane, index, 1);
    if (lane.waiting.length === 0) {
      lane.timer?.abort(noLonger);
      lane.timer = undefined;
    }
    return entries;
  }

  function remove(lane: Lane, index: number, count: number): Entry[] {
    const entries = lane.waiting.splice(index, count);
    for (const { request } of entries) {
      lane.bytes -= request.bytes.length;
      lane.items -= request.items;
      if (passes(request)) lane.passing--;
    }
    return entries;
  }

  function passes({ gzip, bytes: { length } }: ReceivedRequest): boolean {
    return gzip !== undefined && length >= passBytes;
  }

  async function run(lane: Lane, entries: Entry[]): Promise<void> {
    const [first, ...others] = entries;
    if (!first) return;
    const group: Group = [first.request, ...others.map(({ request }) => request)];
    const journey = { since: clock.now() };
    underWay.add(journey);
    lane.committing++;
    const acceptances = await commit(group, { final: hurried }).catch(
      (error: unknown) => new Map(group.map((request) => [request, crashed(error)])),
    );
    lane.committing--;
    underWay.delete(journey);
    for (const { request, settle } of entries) {
      settle(acceptances.get(request) ?? lost);
      requests--;
      bytes -= request.bytes.length;
    }
    pump(lane);
    if (requests === 0) idle?.();
  }
}

/** A reason of our own spares the costly one that the platform would make for each abort. */
const noLonger = "no longer waited for";

/** Nobody waits for ever because of a fault of the program: it is told to all of the group, and to the log. */
function crashed(error: unknown): Acceptance {
  return { kind: "unavailable", reason: `the program failed: ${String(error)}`, retryAfterMs: 1000 };
}

const lost: Acceptance = { kind: "unavailable", reason: "no answer for this request", retryAfterMs: 1000 };
