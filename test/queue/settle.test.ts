import { describe, expect, it } from "vitest";
import type { Batch } from "../../shared/batch/batch.ts";
import type { Outcome } from "../../shared/batch/outcome.ts";
import { decodeEnvelope, encodeEnvelope } from "../../shared/queue/envelope.ts";
import type { ReceivedMessage } from "../../shared/queue/queue-reader.ts";
import { createSettle } from "../../shared/queue/settle.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { itemNames, requestOf } from "../support/otlp/item-names.ts";
import { unpack } from "../support/otlp/unpack.ts";
import { createMemoryQueue, type MemoryQueueOptions } from "../support/queue/memory-queue.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

type Fault = MemoryQueueOptions["fault"];

function stand({ fault, parkFault }: { readonly fault?: Fault; readonly parkFault?: Fault } = {}) {
  const clock = createManualClock();
  const events: EmittedEvent[] = [];
  const queue = createMemoryQueue({ clock, ...(fault && { fault }) });
  const deadLetters = createMemoryQueue({ clock, ...(parkFault && { fault: parkFault }) });
  const postponed = new Map<string, number>();
  let serial = 0;
  const settle = createSettle({
    queue,
    deadLetters,
    reader: {
      async changeVisibility(changes) {
        for (const { receiptHandle, seconds } of changes) postponed.set(receiptHandle, seconds);
        const reason = fault?.("change-visibility");
        if (reason === undefined) return { failed: new Set() };
        return { failed: new Set(changes.map(({ receiptHandle }) => receiptHandle)), reason };
      },
    },
    clock,
    random: () => 1,
    newId: () => `letter-${++serial}`,
    emit: recordEvents(events),
    baseMs: 5000,
    maxMs: 300_000,
  });
  const contents = (of: typeof queue) => [...of.messages.values()].map(({ body }) => decodeEnvelope(body));
  const letters = () => contents(deadLetters).flatMap((each) => (each.kind === "batch" ? each.batch : []));
  const queued = () => contents(queue).flatMap((each) => (each.kind === "batch" ? each.batch : []));
  return { clock, events, queue, deadLetters, settle, postponed, letters, queued };
}

const names = ["a", "b", "c", "d"];
const bytes = requestOf("traces", { names, service: "checkout" });
const batch: Batch = {
  format: "otlp/traces",
  destination: "grafana-cloud",
  items: 4,
  bytes: bytes.length,
  encoding: "identity",
  payload: bytes,
  acceptedAt: 7,
};

const sentAt = 1_789_999_000_000;

function message(id: string, receiveCount = 1, body = encodeEnvelope(batch)): ReceivedMessage {
  return { id, receiptHandle: `receipt of ${id}`, body, receiveCount, sentAt, firstReceivedAt: sentAt };
}

const part = (...given: string[]) => ({ bytes: requestOf("traces", { names: given }), items: given.length });
const down = { kind: "retry", cause: "failed", reason: "HTTP 503" } as const;
const refusal = { reason: "rejected", status: 400, message: "HTTP 400: bad span" } as const;

describe("createSettle()", () => {
  it("lets the messages of delivered batches go", async () => {
    const { settle, postponed, deadLetters } = stand();
    expect(await settle([{ message: message("m"), batch, outcome: { kind: "delivered", rejected: 0 } }])).toEqual([]);
    expect([postponed.size, deadLetters.messages.size]).toEqual([0, 0]);
  });

  it.each<[string, number, Outcome, number]>([
    ["briefly after the first failure", 1, down, 5],
    ["longer with each failure", 4, down, 40],
    ["never longer than the cap", 500, down, 300],
    ["as long as the destination asks for", 1, { ...down, afterMs: 60_000 }, 72],
    ["not as long as the destination asks for beyond the cap", 1, { ...down, afterMs: 9_000_000 }, 300],
    ["not at all what there was no time for", 400, { ...down, cause: "not-tried" }, 0],
  ])("hides what is to be sent again %s", async (_, receiveCount, outcome, seconds) => {
    const { settle, postponed } = stand();
    expect(await settle([{ message: message("m", receiveCount), batch, outcome }])).toEqual(["m"]);
    expect(postponed).toEqual(new Map([["receipt of m", seconds]]));
  });

  it("parks a refused batch with all that is worth knowing, before its message goes", async () => {
    const { settle, letters, events, clock } = stand();
    const settlement = {
      message: message("m", 3),
      batch: { ...batch, history: { replays: 2 } },
      outcome: { kind: "rejected", ...refusal },
    } as const;
    expect(await settle([settlement])).toEqual([]);
    expect(letters()).toEqual([
      {
        ...batch,
        payload: Buffer.from(bytes),
        history: { replays: 2 },
        deadLetter: {
          id: "letter-1",
          reason: "rejected",
          status: 400,
          message: "HTTP 400: bad span",
          firstAttemptAt: 1_789_999_000_000,
          lastAttemptAt: clock.now(),
          attempts: 3,
          services: ["checkout"],
          oldestAt: 1_790_000_000_000,
          newestAt: 1_790_000_000_000,
          replays: 2,
        },
      },
    ]);
    const parked = { signal: "traces", destination: "grafana-cloud", items: 4, id: "letter-1", ...refusal };
    expect(events).toEqual([{ name: "batch.dead-lettered", fields: parked }]);
  });

  it("parks a message that is not a batch exactly as it is", async () => {
    const { settle, deadLetters, events } = stand();
    const outcome = { kind: "rejected", reason: "undecodable", message: "no header line" } as const;
    expect(await settle([{ message: message("m", 1, "what is this"), outcome }])).toEqual([]);
    expect([...deadLetters.messages.values()].map(({ body }) => body)).toEqual(["what is this"]);
    expect(events).toMatchObject([{ name: "batch.undecodable", fields: { id: "m", bytes: 12 } }]);
  });

  it("parks a batch whose payload cannot be decompressed as it is, without reading it", async () => {
    const { settle, letters } = stand();
    const broken = {
      ...batch,
      encoding: "gzip",
      payload: Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(30)]),
      bytes: 0,
    } as const;
    await settle([
      { message: message("m"), batch: broken, outcome: { kind: "rejected", reason: "undecodable", message: "bad" } },
    ]);
    expect(letters()).toMatchObject([{ payload: broken.payload, deadLetter: { reason: "undecodable", services: [] } }]);
  });

  it("parks a batch that is not a request at all, though nothing can be read of it", async () => {
    const { settle, letters } = stand();
    const payload = Buffer.from("this was never protobuf", "latin1");
    const broken = { ...batch, payload, bytes: payload.length };
    await settle([{ message: message("m"), batch: broken, outcome: { kind: "rejected", ...refusal } }]);
    expect(letters()).toMatchObject([{ payload, deadLetter: { services: [] } }]);
  });

  it("parks only the refused part of a narrowed batch, and sends what is left as a message of its own", async () => {
    const { settle, letters, queued } = stand();
    const outcome: Outcome = {
      kind: "partial",
      delivered: 1,
      rejected: 0,
      refused: [{ ...part("b"), why: refusal }],
      rest: { ...part("c", "d"), retry: down },
    };
    expect(await settle([{ message: message("m"), batch, outcome }])).toEqual([]);
    const read = async (batches: readonly Batch[]) =>
      Promise.all(batches.map(async (it) => itemNames(await unpack(it), "traces")));
    expect(await read(letters())).toEqual([["b"]]);
    expect(await read(queued())).toEqual([["c", "d"]]);
    expect(queued()).toMatchObject([{ history: { requeues: 1 }, acceptedAt: 7, items: 2 }]);
    expect(letters()).toMatchObject([{ items: 1, deadLetter: { status: 400 } }]);
  });

  it("lets the whole message wait once it has been sent again often enough", async () => {
    const { settle, letters, queued, postponed } = stand();
    const rest = { ...part("c", "d"), retry: down };
    const outcome: Outcome = {
      kind: "partial",
      delivered: 1,
      rejected: 0,
      refused: [{ ...part("b"), why: refusal }],
      rest,
    };
    expect(await settle([{ message: message("m"), batch: { ...batch, history: { requeues: 8 } }, outcome }])).toEqual([
      "m",
    ]);
    expect([letters().length, queued().length, postponed.size]).toEqual([0, 0, 1]);
  });

  it("sends a message anew before the queue's receive limit takes it for a dead letter", async () => {
    const { settle, queue, postponed } = stand();
    const old = message("m", 900);
    expect(await settle([{ message: old, batch, outcome: down }])).toEqual([]);
    expect([...queue.messages.values()].map(({ body }) => body)).toEqual([old.body]);
    expect(postponed.size).toBe(0);
  });

  it.each<[string, number, Partial<Batch>, number]>([
    ["on in halves when it has come ten times", 10, {}, 2],
    ["back as it is before that", 9, {}, 0],
    ["back as it is when it is small", 10, { bytes: 65_536 }, 0],
    ["back as it is when it was cut too often", 10, { history: { requeues: 8, replays: 1 } }, 0],
  ])("sends a batch that alone is answered 429 %s", async (_, receiveCount, given, halves) => {
    const { settle, queued } = stand();
    const content = requestOf("traces", { names, padding: "x".repeat(20_000) });
    const large = { ...batch, payload: content, bytes: content.length, history: { replays: 1 }, ...given };
    const outcome = { ...down, cause: "throttled" } as const;
    const staying = await settle([{ message: message("m", receiveCount), batch: large, outcome }]);
    expect(staying).toHaveLength(halves > 0 ? 0 : 1);
    expect(queued()).toHaveLength(halves);
    for (const half of queued())
      expect(half).toMatchObject({ items: 2, history: { requeues: 1, replays: 1 }, acceptedAt: 7 });
  });

  it.each([
    ["keeps", 7, 1],
    ["sends anew", 8, 0],
  ])(
    "%s a message that has waited for an outage of %i days, so that its retention never ends",
    async (_, days, kept) => {
      const { settle, queue, clock } = stand();
      const waiting = { ...message("m", 5), sentAt: clock.now() };
      clock.advance(days * 86_400_000 - 3_600_000);
      expect(await settle([{ message: waiting, batch, outcome: down }])).toHaveLength(kept);
      expect([...queue.messages.values()].map(({ body }) => body)).toEqual(kept > 0 ? [] : [waiting.body]);
    },
  );

  it("keeps the message where the dead-letter queue does not take its letter, and tells nobody that it was parked", async () => {
    const { settle, events, postponed } = stand({ parkFault: () => "throttled" });
    expect(await settle([{ message: message("m"), batch, outcome: { kind: "rejected", ...refusal } }])).toEqual(["m"]);
    expect(events).toEqual([{ name: "queue.failed", fields: { operation: "dead-letter", reason: "throttled" } }]);
    expect(postponed.get("receipt of m")).toBe(5);
  });

  it("keeps only the messages whose letters failed", async () => {
    let calls = 0;
    const { settle, letters } = stand({ parkFault: () => (++calls === 2 ? "throttled" : undefined) });
    const outcome = { kind: "rejected", ...refusal } as const;
    const settlements = ["one", "two", "three"].map((id) => ({ message: message(id), batch, outcome }));
    expect(await settle(settlements)).toEqual(["two"]);
    expect(letters()).toHaveLength(2);
  });

  it("parks nothing of a batch whose rest could not be sent again: its message stays whole", async () => {
    const { settle, letters } = stand({ fault: (operation) => (operation === "send" ? "throttled" : undefined) });
    const rest = { ...part("c", "d"), retry: down };
    const outcome: Outcome = {
      kind: "partial",
      delivered: 1,
      rejected: 0,
      refused: [{ ...part("b"), why: refusal }],
      rest,
    };
    expect(await settle([{ message: message("m"), batch, outcome }])).toEqual(["m"]);
    expect(letters()).toEqual([]);
  });

  it("keeps messages that cannot be hidden in the queue all the same", async () => {
    const { settle, events } = stand({ fault: () => "denied" });
    expect(await settle([{ message: message("m"), batch, outcome: down }])).toEqual(["m"]);
    expect(events).toEqual([{ name: "queue.failed", fields: { operation: "change-visibility", reason: "denied" } }]);
  });
});
