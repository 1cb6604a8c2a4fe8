import { describe, expect, it } from "vitest";
import { createToDeadLetters } from "../../shared/commit/to-dead-letters.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import { createMemoryQueue } from "../support/queue/memory-queue.ts";

const bytes = Buffer.from("0a131211120f0901000000000000002a040a026869", "hex");
const batch = {
  format: "otlp/logs",
  destination: "grafana-cloud",
  items: 2,
  bytes: 2 * bytes.length,
  encoding: "identity",
  payload: Buffer.concat([bytes, bytes]),
  acceptedAt: 5,
} as const;
const refusal = { reason: "rejected", status: 400, message: "line too long" } as const;

function start(fault?: () => string) {
  const clock = { now: () => 10 };
  const deadLetters = createMemoryQueue({ clock, ...(fault && { fault }) });
  const events: string[] = [];
  const toDeadLetters = createToDeadLetters({
    deadLetters,
    clock,
    newId: () => "id-1",
    emit: (name) => void events.push(name),
  });
  const letters = () =>
    [...deadLetters.messages.values()].map(({ body }) => {
      const decoded = decodeEnvelope(body);
      return decoded.kind === "batch" ? decoded.batch : undefined;
    });
  return { toDeadLetters, letters, events };
}

describe("createToDeadLetters()", () => {
  it("puts the refused part with its reason into the dead-letter queue", async () => {
    const { toDeadLetters, letters, events } = start();
    expect(await toDeadLetters(new Map([[batch, [{ bytes, items: 1, why: refusal }]]]))).toEqual(
      new Map([[batch, "dead-lettered"]]),
    );
    const deadLetter = { id: "id-1", ...refusal, attempts: 1, firstAttemptAt: 5, lastAttemptAt: 10, replays: 0 };
    expect(letters()).toMatchObject([{ format: "otlp/logs", items: 1, bytes: bytes.length, deadLetter }]);
    expect(events).toEqual(["batch.dead-lettered"]);
  });

  it("says so when the queue fails", async () => {
    const { toDeadLetters, events } = start(() => "throttled");
    expect(await toDeadLetters(new Map([[batch, [{ bytes, items: 1, why: refusal }]]]))).toEqual(
      new Map([[batch, "failed"]]),
    );
    expect(events).toEqual(["queue.failed"]);
  });

  it("makes one send of all that was refused of a group, not one for each request", async () => {
    const clock = { now: () => 10 };
    const sends: number[] = [];
    const toDeadLetters = createToDeadLetters({
      deadLetters: {
        async send(bodies) {
          sends.push(bodies.length);
          return { kind: "failed", reason: "throttled", unsent: [1] };
        },
      },
      clock,
      newId: () => "id",
      emit: () => {},
    });
    const batches = Array.from({ length: 50 }, () => ({ ...batch }));
    const parked = await toDeadLetters(new Map(batches.map((each) => [each, [{ bytes, items: 1, why: refusal }]])));
    expect(sends).toEqual([50]);
    expect([...parked.values()].filter((result) => result === "failed")).toHaveLength(1);
    expect(parked.get(batches[1] ?? batch)).toBe("failed");
  });
});
