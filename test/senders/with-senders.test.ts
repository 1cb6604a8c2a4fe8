import { describe, expect, it } from "vitest";
import type { Acceptance, ReceivedRequest } from "../../shared/batch/accept.ts";
import type { Sender } from "../../shared/sender.ts";
import { createSenderLimits } from "../../shared/senders/sender-limits.ts";
import { forChosen, withSenders } from "../../shared/senders/with-senders.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { requestOf } from "../support/otlp/item-names.ts";
import { oracle } from "../support/otlp/oracle.ts";
import { createRecordingAccept } from "../support/queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

const bytes = requestOf("logs", { names: ["x"], service: "forged" });
const request: ReceivedRequest = { format: "otlp/logs", items: 1, bytes, gzip: new Uint8Array([1]) };
const plain: Sender = { name: "checkout", attributes: new Map(), rates: { burstMs: 1000 }, weight: 1 };

function setUp(acceptance?: Acceptance) {
  const { accept, received } = createRecordingAccept(acceptance);
  const events: EmittedEvent[] = [];
  const limits = createSenderLimits({ clock: createManualClock() });
  return { accept: withSenders(accept, { limits, emit: recordEvents(events) }), received, events };
}

describe("withSenders()", () => {
  it("leaves requests of nobody in particular, and of senders without settings, as they are", async () => {
    const { accept, received } = setUp();
    await accept(request);
    await accept({ ...request, sender: plain });
    expect(received[0]).toBe(request);
    expect(received[1]?.bytes).toBe(bytes);
    expect(received[1]?.gzip).toBe(request.gzip);
  });

  it("adds the sender's tenant, and its attributes in place of what the resource says", async () => {
    const { accept, received } = setUp();
    const attributes = new Map([
      ["service.name", "checkout"],
      ["team", "payments"],
    ]);
    await accept({ ...request, sender: { ...plain, tenant: "eu-1", attributes } });
    const [taken] = received;
    expect(taken).toMatchObject({ tenant: "eu-1", items: 1 });
    expect(taken).not.toHaveProperty("gzip");
    const decoded = oracle.logs.toObject(oracle.logs.decode(taken?.bytes ?? new Uint8Array())) as {
      resourceLogs: { resource: { attributes: { key: string; value: { stringValue: string } }[] } }[];
    };
    expect(decoded.resourceLogs[0]?.resource.attributes.map(({ key, value }) => [key, value.stringValue])).toEqual([
      ["service.name", "checkout"],
      ["team", "payments"],
    ]);
  });

  it("counts by sender what is accepted, and nothing else", async () => {
    const { accept, events } = setUp({ kind: "accepted", rejected: { items: 1, message: "too large" } });
    await accept({ ...request, items: 3, sender: plain });
    expect(events).toEqual([
      { name: "sender.accepted", fields: { sender: "checkout", signal: "logs", items: 2, bytes: bytes.length } },
    ]);
    const down = setUp({ kind: "unavailable", reason: "down", retryAfterMs: 1000 });
    await down.accept({ ...request, sender: plain });
    expect(down.events).toEqual([]);
  });

  it("asks a sender that is over its limit to come back, and hands nothing on", async () => {
    const { accept, received } = setUp();
    const sender = { ...plain, rates: { burstMs: 1000, maxItemsPerSecond: 1 } };
    await accept({ ...request, sender });
    expect(await accept({ ...request, sender })).toEqual({
      kind: "unavailable",
      reason: "over the limit of checkout: items",
      retryAfterMs: 1000,
      limit: "items",
    });
    expect(received).toHaveLength(1);
  });
});

describe("forChosen()", () => {
  it("is the way of senders that chose the destination, and of those that chose none", async () => {
    const { accept, received } = createRecordingAccept();
    const backup = forChosen("backup", accept);
    await backup(request);
    await backup({ ...request, sender: plain });
    await backup({ ...request, sender: { ...plain, destinations: ["backup"] } });
    expect(await backup({ ...request, sender: { ...plain, destinations: ["other"] } })).toEqual({ kind: "accepted" });
    expect(received).toHaveLength(3);
  });
});
