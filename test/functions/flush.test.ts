import { describe, expect, it } from "vitest";
import type { ExportRequest, TransportAnswer } from "../../shared/delivery/transport.ts";
import { createFlushStand, eventOf, type FlushStandOptions } from "../support/flush/flush-stand.ts";

const ok: TransportAnswer = { kind: "answered", status: 200, headers: {}, body: new Uint8Array() };
const unavailable: TransportAnswer = { ...ok, status: 503 };

/** A stand whose destination answers in turn; the last answer goes on forever. */
function stand(answers: readonly TransportAnswer[], options: FlushStandOptions = {}) {
  const requests: { request: ExportRequest; timeoutMs: number }[] = [];
  const made = createFlushStand({
    transport: {
      post: async (request, { timeoutMs }) => {
        requests.push({ request, timeoutMs });
        return answers[Math.min(requests.length, answers.length) - 1] ?? ok;
      },
    },
    ...options,
  });
  return { ...made, requests };
}

describe("createFlush()", () => {
  it("merges the batches of a signal into one export and lets their messages go", async () => {
    const { accept, invoke, requests, queue, count } = stand([ok]);
    for (const name of ["a", "b", "c"]) await accept("traces", { names: [name] });
    await accept("logs", { names: ["d"] });
    expect(await invoke()).toBe("done");
    expect(requests.map(({ request }) => request.url).sort()).toEqual([
      "http://127.0.0.1:9/v1/logs",
      "http://127.0.0.1:9/v1/traces",
    ]);
    expect([queue.messages.size, count("export.delivered")]).toEqual([0, 2]);
  });

  it("sends a batch alone as it is stored", async () => {
    const { accept, invoke, requests, queue, events } = stand([ok]);
    await accept("traces", { names: Array.from({ length: 100 }, (_, index) => `${index}`) });
    const [stored] = [...queue.messages.values()];
    await invoke();
    const [sent] = requests;
    expect(sent?.request.headers).toMatchObject({ "content-encoding": "gzip" });
    expect(Buffer.from(sent?.request.body ?? []).toString("base64")).toBe(stored?.body.split("\n")[1]);
    const bytes = sent?.request.body.length;
    expect(events.at(-1)).toMatchObject({ name: "export.delivered", fields: { batches: 1, items: 100, bytes } });
  });

  it("fails as a whole when there is nothing but an outage, with every message hidden for a while", async () => {
    const { accept, invoke, queue, clock } = stand([unavailable]);
    for (const name of ["a", "b"]) await accept("traces", { names: [name] });
    await accept("logs", { names: ["c"] });
    await invoke();
    clock.advance(5000);
    expect(await invoke()).toBe("failed");
    expect(queue.messages.size).toBe(3);
    expect(queue.receive(10)).toEqual([]);
    clock.advance(10_000);
    expect(queue.receive(10)).toHaveLength(3);
  });

  it("keeps a batch once, and young enough for the queue, through an outage of a month", async () => {
    const { accept, drain, queue, clock } = stand([unavailable]);
    await accept("traces", { names: ["a"] });
    expect(await drain({ maxHours: 30 * 24, stepMs: 60_000 })).toBe(false);
    const messages = [...queue.messages.values()];
    expect(messages).toHaveLength(1);
    expect(messages[0]?.receiveCount).toBeLessThan(1000);
    expect(clock.now() - (messages[0]?.sentAt ?? 0)).toBeLessThan(14 * 86_400_000);
  });

  it("does not fail for a single failure, which may be chance", async () => {
    const { accept, invoke, queue } = stand([unavailable, ok]);
    await accept("traces", { names: ["a"] });
    expect(await invoke()).toBe("done");
    expect(queue.messages.size).toBe(1);
  });

  it("reports the messages that stay where others are delivered", async () => {
    const { accept, invoke, queue } = stand([unavailable, ok], { concurrency: 1 });
    await accept("traces", { names: ["a"] });
    await accept("logs", { names: ["b"] });
    expect(await invoke()).toBe("done");
    expect(queue.messages.size).toBe(1);
  });

  it("does not try the rest of an invocation once the destination is down, nor the next invocation", async () => {
    const { accept, invoke, requests, count } = stand([unavailable], { concurrency: 1, maxExportItems: 1 });
    for (let batch = 0; batch < 40; batch++) await accept("traces", { names: [`${batch}`] });
    expect(await invoke(20)).toBe("failed");
    expect(await invoke(20)).toBe("failed");
    expect(requests).toHaveLength(2);
    expect(count("destination.down")).toBe(1);
  });

  it("starts nothing that cannot end in time, and hands it back unhidden", async () => {
    const { accept, queue, requests, flush } = stand([ok]);
    await accept("traces", { names: ["a"] });
    const messages = queue.receive(10);
    const response = await flush(eventOf(messages), { getRemainingTimeInMillis: () => 5900 });
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: messages[0]?.id }] });
    expect(requests).toEqual([]);
    expect(queue.receive(10)).toHaveLength(1);
  });

  it("gives an export no more time than the invocation has", async () => {
    const { accept, queue, requests, flush } = stand([ok], { exportTimeoutMs: 30_000 });
    await accept("traces", { names: ["a"] });
    await flush(eventOf(queue.receive(10)), { getRemainingTimeInMillis: () => 27_000 });
    expect(requests[0]?.timeoutMs).toBe(7000);
  });

  it("parks what is not a batch as it is, beside batches that are delivered", async () => {
    const { accept, invoke, queue, deadLetters, count } = stand([ok]);
    await queue.send(["what is this"]);
    await accept("traces", { names: ["a"] });
    expect(await invoke()).toBe("done");
    expect([queue.messages.size, deadLetters.messages.size, count("batch.undecodable")]).toEqual([0, 1, 1]);
  });

  it("parks a batch whose payload is damaged, and delivers those it would have been merged with", async () => {
    const { accept, invoke, queue, letters, requests } = stand([ok]);
    const names = Array.from({ length: 200 }, (_, index) => `item ${index}`);
    for (const prefix of ["a", "b", "c"]) await accept("traces", { names: names.map((name) => prefix + name) });
    const [first] = [...queue.messages.values()];
    // The middle of the compressed data: the frame still looks whole.
    const at = (first?.body.indexOf("\n") ?? 0) + 200;
    const body = `${first?.body.slice(0, at)}AAAAAAAA${first?.body.slice(at + 8)}`;
    await queue.send([body]);
    expect(await invoke()).toBe("done");
    expect(letters()).toMatchObject([{ items: 200, deadLetter: { reason: "undecodable" } }]);
    expect([queue.messages.size, requests.length]).toEqual([0, 1]);
  });

  it("finds the batch that crashes the code among its neighbours and parks it alone", async () => {
    let posts = 0;
    const { accept, invoke, letters, queue, count } = stand([ok], {
      transport: {
        post: async ({ body }) => {
          posts += 1;
          if (posts === 1 || Buffer.from(body).includes("crash")) throw new TypeError("undefined is not a function");
          return ok;
        },
      },
    });
    for (const name of ["a", "crash", "b"]) await accept("logs", { names: [name] });
    expect(await invoke()).toBe("done");
    const message = "TypeError: undefined is not a function";
    expect(letters()).toMatchObject([{ items: 1, deadLetter: { reason: "crashed", message } }]);
    expect([queue.messages.size, count("code.crashed")]).toEqual([0, 1]);
  });

  it("takes a message that comes twice in one event once", async () => {
    const { accept, queue, flush, requests } = stand([ok]);
    await accept("traces", { names: ["a"] });
    const messages = queue.receive(1);
    await flush(eventOf([...messages, ...messages]), { getRemainingTimeInMillis: () => 60_000 });
    expect(requests).toHaveLength(1);
  });

  it("has nothing to do for an empty event", async () => {
    const { flush } = stand([ok]);
    expect(await flush({ Records: [] }, { getRemainingTimeInMillis: () => 60_000 })).toEqual({ batchItemFailures: [] });
  });

  it("delivers what is refused no more after a mis-set tenant is put right", async () => {
    let misSet = true;
    const { accept, invoke, letters, clock } = stand([], {
      transport: { post: async () => ({ ...ok, status: misSet ? 400 : 200 }) },
    });
    await accept("traces", { names: ["a", "b"] });
    expect(await invoke()).toBe("done");
    expect(letters()).toMatchObject([{ items: 2 }]);
    misSet = false;
    clock.advance(1000);
    await accept("traces", { names: ["c", "d"] });
    expect(await invoke()).toBe("done");
    expect(letters()).toHaveLength(1);
  });
});
