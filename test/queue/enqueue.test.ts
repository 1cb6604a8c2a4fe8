import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createEnqueue } from "../../shared/queue/enqueue.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import type { Queue } from "../../shared/queue/queue.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { requestOf } from "../support/otlp/item-names.ts";
import { createMemoryQueue } from "../support/queue/memory-queue.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

const clock = createManualClock(1_790_000_000_000.75);
const maxBatchBytes = 4 * 2 ** 20;
const request = { format: "otlp/traces", items: 2, bytes: requestOf("traces", { names: ["a", "b"] }) } as const;

function stand(given?: Queue) {
  const events: EmittedEvent[] = [];
  const memory = createMemoryQueue({ clock });
  const accept = createEnqueue({
    queue: given ?? memory,
    destination: "grafana-cloud",
    clock,
    emit: recordEvents(events),
    maxBatchBytes,
  });
  return { accept, memory, events };
}

describe("createEnqueue()", () => {
  it("accepts a request once the queue has every part of it", async () => {
    const { accept, memory, events } = stand();
    expect(await accept(request)).toEqual({ kind: "accepted" });
    const bodies = [...memory.messages.values()].map(({ body }) => decodeEnvelope(body));
    expect(bodies).toMatchObject([
      { batch: { format: "otlp/traces", destination: "grafana-cloud", items: 2, acceptedAt: 1_790_000_000_000 } },
    ]);
    expect(events).toEqual([
      { name: "batch.queued", fields: expect.objectContaining({ signal: "traces", batches: 1, items: 2 }) },
    ]);
  });

  it("asks for the request again when the queue confirmed only a part of it", async () => {
    const queue: Queue = { send: async () => ({ kind: "failed", reason: "throttled", unsent: [1] }) };
    const { accept, events } = stand(queue);
    expect(await accept(request)).toEqual({ kind: "unavailable", reason: "throttled", retryAfterMs: 5000 });
    expect(events).toEqual([{ name: "queue.failed", fields: { operation: "send", reason: "throttled" } }]);
  });

  it("says how many items fit no message", async () => {
    const names = ["a", randomBytes(900_000).toString("base64")];
    const { accept } = stand();
    const accepted = await accept({ format: "otlp/logs", items: 2, bytes: requestOf("logs", { names }) });
    expect(accepted).toMatchObject({ kind: "accepted", rejected: { items: 1 } });
  });

  it("cuts a request into batches that each fit one export", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `${index} ${"x".repeat(100_000)}`);
    const { accept, memory } = stand();
    await accept({ format: "otlp/logs", items: 100, bytes: requestOf("logs", { names }) });
    const batches = [...memory.messages.values()].map(({ body }) => decodeEnvelope(body));
    const sizes = batches.map((decoded) => (decoded.kind === "batch" ? decoded.batch.bytes : 0));
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(maxBatchBytes);
  });

  it("accepts an empty request without a message", async () => {
    const { accept, memory } = stand();
    expect(await accept({ format: "otlp/logs", items: 0, bytes: new Uint8Array() })).toEqual({ kind: "accepted" });
    expect(memory.messages.size).toBe(0);
  });
});
