import { describe, expect, it } from "vitest";
import type { Acceptance, ReceivedRequest } from "../../shared/batch/accept.ts";
import { createQueueCommit } from "../../shared/commit/queue-commit.ts";

const request = (bytes: number, items = 1): ReceivedRequest => ({
  format: "otlp/traces",
  items,
  bytes: new Uint8Array(bytes),
});

function start(answer: (request: ReceivedRequest) => Acceptance) {
  const queued: ReceivedRequest[] = [];
  const commit = createQueueCommit(async (given) => {
    queued.push(given);
    return answer(given);
  });
  const run = async (...group: readonly [ReceivedRequest, ...ReceivedRequest[]]) => {
    const acceptances = await commit(group, { final: false });
    return group.map((request) => acceptances.get(request));
  };
  return { queued, run };
}

describe("createQueueCommit()", () => {
  it("queues small requests as one, merged by concatenation", async () => {
    const { run, queued } = start(() => ({ kind: "accepted" }));
    expect(await run(request(10, 2), request(20, 3))).toEqual([{ kind: "accepted" }, { kind: "accepted" }]);
    expect(queued).toMatchObject([{ format: "otlp/traces", items: 5, bytes: { length: 30 } }]);
  });

  it("keeps the gzip member of a request that is alone", async () => {
    const { run, queued } = start(() => ({ kind: "accepted" }));
    const alone = { ...request(10), gzip: new Uint8Array(3) };
    await run(alone);
    expect(queued).toEqual([alone]);
  });

  it("tells the sender of a large request, and nobody else, what did not fit", async () => {
    const rejected = { items: 1, message: "too large" };
    const { run } = start(({ bytes }) => ({ kind: "accepted", ...(bytes.length > 500_000 && { rejected }) }));
    expect(await run(request(10), request(600_000), request(10))).toEqual([
      { kind: "accepted" },
      { kind: "accepted", rejected },
      { kind: "accepted" },
    ]);
  });

  it("asks all of them to send again what the queue did not take", async () => {
    const unavailable = { kind: "unavailable", reason: "throttled", retryAfterMs: 5000 } as const;
    const { run } = start(() => unavailable);
    expect(await run(request(1), request(2))).toEqual([unavailable, unavailable]);
  });
});
