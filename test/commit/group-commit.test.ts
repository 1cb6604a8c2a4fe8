import { describe, expect, it } from "vitest";
import type { Acceptance, ReceivedRequest } from "../../shared/batch/accept.ts";
import { createGroupCommit, type Group, type GroupCommitOptions } from "../../shared/commit/group-commit.ts";

/** A clock whose sleepers are woken by hand. */
function handClock() {
  const sleepers = new Set<() => void>();
  return {
    clock: {
      now: () => 0,
      sleep: (_: number, signal?: AbortSignal) =>
        new Promise<void>((resolve) => {
          sleepers.add(resolve);
          signal?.addEventListener("abort", () => {
            sleepers.delete(resolve);
            resolve();
          });
        }),
    },
    async ring() {
      for (const wake of [...sleepers]) wake();
      sleepers.clear();
      await settled();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const request = (bytes: number, fields: Partial<ReceivedRequest> = {}): ReceivedRequest => ({
  format: "otlp/traces",
  items: 1,
  bytes: new Uint8Array(bytes),
  ...fields,
});

function answersOf(group: Group, answer: (request: ReceivedRequest) => Acceptance) {
  return new Map(group.map((request) => [request, answer(request)]));
}

function start(options: Partial<GroupCommitOptions> = {}) {
  const { clock, ring } = handClock();
  const groups: Group[] = [];
  const answers: ((acceptance: Acceptance) => void)[] = [];
  const commits = createGroupCommit({
    clock,
    maxBytes: 100,
    maxItems: 10,
    maxDelayMs: 200,
    maxConcurrent: 2,
    passBytes: 50,
    commit(group) {
      groups.push(group);
      return new Promise((resolve) => answers.push((acceptance) => resolve(answersOf(group, () => acceptance))));
    },
    ...options,
  });
  const sizes = () => groups.map((group) => group.map(({ bytes }) => bytes.length));
  const answer = async (acceptance: Acceptance = { kind: "accepted" }) => {
    answers.shift()?.(acceptance);
    await settled();
  };
  return { commits, groups, sizes, answer, ring };
}

describe("createGroupCommit()", () => {
  it("lets a request that finds nothing under way go at once, and what comes meanwhile together next", async () => {
    const { commits, sizes, answer } = start();
    for (const bytes of [10, 20, 30]) void commits.accept(request(bytes));
    expect(sizes()).toEqual([[10]]);
    await answer();
    expect(sizes()).toEqual([[10], [20, 30]]);
  });

  it("does not hold a client that sends one request at a time to five requests a second", async () => {
    const { commits, sizes, answer } = start();
    for (let round = 0; round < 3; round++) {
      const accepted = commits.accept(request(10));
      await answer();
      expect(await accepted).toEqual({ kind: "accepted" });
    }
    expect(sizes()).toEqual([[10], [10], [10]]);
  });

  it("commits what has gathered when the oldest request has waited long enough for what is under way", async () => {
    const { commits, sizes, ring } = start();
    for (const bytes of [1, 10, 20]) void commits.accept(request(bytes));
    expect(sizes()).toEqual([[1]]);
    await ring();
    expect(sizes()).toEqual([[1], [10, 20]]);
  });

  it("lets what stays behind a full group wait no longer than anything else", async () => {
    const { commits, sizes, answer, ring } = start();
    for (const bytes of [1, 100, 40, 70]) void commits.accept(request(bytes));
    await answer();
    expect(sizes()).toEqual([[1], [100], [40]]);
    await ring();
    await answer();
    expect(sizes()).toEqual([[1], [100], [40], [70]]);
  });

  it("commits at once when there are enough bytes", () => {
    const { commits, sizes } = start();
    for (const bytes of [1, 40, 30, 30, 5]) void commits.accept(request(bytes));
    expect(sizes()).toEqual([[1], [40, 30, 30]]);
  });

  it("commits at once when there are enough items", () => {
    const { commits, sizes } = start();
    for (const [bytes, items] of [
      [1, 1],
      [2, 4],
      [3, 6],
    ] as const)
      void commits.accept(request(bytes, { items }));
    expect(sizes()).toEqual([[1], [2, 3]]);
  });

  it("never mixes formats or tenants", async () => {
    const { commits, groups, ring } = start();
    void commits.accept(request(1));
    void commits.accept(request(1, { format: "otlp/logs" }));
    void commits.accept(request(1, { tenant: "a" }));
    await ring();
    expect(groups.map((group) => group.map(({ format, tenant }) => [format, tenant]))).toEqual([
      [["otlp/traces", undefined]],
      [["otlp/logs", undefined]],
      [["otlp/traces", "a"]],
    ]);
  });

  it("takes a request over the limit alone", async () => {
    const { commits, sizes, ring } = start();
    void commits.accept(request(10));
    void commits.accept(request(1000));
    await ring();
    expect(sizes()).toEqual([[10], [1000]]);
  });

  it("passes a large gzip request on alone, without waiting", () => {
    const { commits, sizes } = start();
    void commits.accept(request(60, { gzip: new Uint8Array(5) }));
    void commits.accept(request(40, { gzip: new Uint8Array(5) }));
    expect(sizes()).toEqual([[60]]);
  });

  it("passes large gzip requests on alone as soon as a group is back, and merges them once there are enough", async () => {
    const { commits, sizes, answer } = start({ maxConcurrent: 1 });
    const gzip = new Uint8Array(5);
    for (const bytes of [60, 51, 10]) void commits.accept(request(bytes, { gzip }));
    await answer();
    expect(sizes()).toEqual([[60], [51]]);
    for (const bytes of [52, 53]) void commits.accept(request(bytes, { gzip }));
    await answer();
    expect(sizes()).toEqual([[60], [51], [10, 52]]);
  });

  it("gathers while as many groups as allowed are on their way", async () => {
    const { commits, sizes, answer } = start({ maxConcurrent: 1 });
    for (const bytes of [100, 60, 60]) void commits.accept(request(bytes));
    expect(sizes()).toEqual([[100]]);
    await answer();
    expect(sizes()).toEqual([[100], [60]]);
  });

  it("answers nobody before the group is durable, and everybody with their own acceptance", async () => {
    let open = () => {};
    const durable = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { commits } = start({
      async commit(group) {
        await durable;
        return answersOf(group, ({ items }) => ({ kind: "accepted", rejected: { items, message: "" } }));
      },
    });
    const first = commits.accept(request(1, { items: 1 }));
    const others = [2, 3].map((items) => commits.accept(request(1, { items })));
    const early = await Promise.race([first, ...others, settled().then(() => "nothing yet")]);
    expect(early).toBe("nothing yet");
    open();
    const answers = await Promise.all([first, ...others]);
    expect(answers).toMatchObject([{ rejected: { items: 1 } }, { rejected: { items: 2 } }, { rejected: { items: 3 } }]);
  });

  it("answers a client that left only when its request is held no longer", async () => {
    const { commits, sizes, answer, ring } = start();
    const abort = new AbortController();
    const waiting = commits.accept(request(10), abort.signal);
    abort.abort();
    await ring();
    expect(sizes()).toEqual([[10]]);
    const early = await Promise.race([waiting, settled().then(() => "held")]);
    expect(early).toBe("held");
    await answer();
    expect(await waiting).toEqual({ kind: "accepted" });
  });

  it("answers everybody when the commit crashes, and goes on", async () => {
    let crashes = 1;
    const { commits } = start({
      maxConcurrent: 1,
      async commit(group) {
        if (crashes-- > 0) throw new Error("a bug");
        return answersOf(group, () => ({ kind: "accepted" }));
      },
    });
    const waiting = [100, 100].map((bytes) => commits.accept(request(bytes)));
    expect(await Promise.all(waiting)).toMatchObject([
      { kind: "unavailable", reason: "the program failed: Error: a bug" },
      { kind: "accepted" },
    ]);
    await commits.close();
    expect(commits.load()).toEqual({ requests: 0, bytes: 0, oldestMs: 0 });
  });

  it("knows for how long the oldest group has been on its way", async () => {
    let now = 1000;
    const { commits, answer } = start({ clock: { now: () => now, sleep: () => new Promise(() => {}) } });
    void commits.accept(request(100));
    now += 300;
    void commits.accept(request(100));
    now += 50;
    expect(commits.load()).toEqual({ requests: 2, bytes: 200, oldestMs: 350 });
    await answer();
    expect(commits.load().oldestMs).toBe(50);
  });

  it("commits everything on close, takes nothing more, and waits for what is in flight", async () => {
    const { commits, sizes, answer } = start({ maxConcurrent: 1 });
    const waiting = [100, 60, 60].map((bytes) => commits.accept(request(bytes)));
    let closed = false;
    const closing = commits.close().then(() => {
      closed = true;
    });
    expect(sizes()).toEqual([[100], [60], [60]]);
    expect(await commits.accept(request(1))).toMatchObject({ kind: "unavailable" });
    await answer();
    await answer();
    expect(closed).toBe(false);
    await answer();
    await closing;
    expect(await Promise.all(waiting)).toEqual([{ kind: "accepted" }, { kind: "accepted" }, { kind: "accepted" }]);
    expect(commits.load()).toEqual({ requests: 0, bytes: 0, oldestMs: 0 });
  });
});
