import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createReplay } from "../../functions/replay.ts";
import { createSqsClient } from "../../shared/aws/sqs/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { createSqsReader } from "../../shared/aws/sqs/sqs-reader.ts";
import { createReplayStand, type ReplayStandOptions } from "../support/dead-letters/replay-stand.ts";
import { type SampleDeadLetter, sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";
import { recordEvents } from "../support/record-events.ts";

function stand(options: ReplayStandOptions = {}) {
  const { reader, queue, journal, clock, events, sent } = createReplayStand(options);
  const replay = createReplay({ reader, queue, journal, clock, emit: recordEvents(events) });
  const invoke = (payload: unknown, timeoutMs = 900_000) => {
    const endsAt = clock.now() + timeoutMs;
    return replay(payload, { getRemainingTimeInMillis: () => endsAt - clock.now() });
  };
  async function park(...letters: readonly SampleDeadLetter[]): Promise<void> {
    for (const letter of letters) reader.put(await sampleDeadLetter({ lastAttemptAt: clock.now(), ...letter }));
  }
  return { reader, clock, events, sent, invoke, park };
}

const numbered = (count: number): SampleDeadLetter[] => Array.from({ length: count }, (_, at) => ({ id: `l${at}` }));

describe("createReplay()", () => {
  it("lists, plans, replays and discards what the payload selects, in one kind of report", async () => {
    const { reader, invoke, park, sent } = stand();
    await park({ id: "a" }, { id: "b", signal: "traces" }, { id: "c", signal: "traces", service: "load-test" });
    const listed = await invoke({ action: "list" });
    expect(listed).toMatchObject({ action: "list", ended: "all", more: false, counts: { kept: 3 } });
    expect(listed.groups.map(({ signal, services }) => `${signal} ${services}`)).toEqual([
      "logs checkout",
      "traces checkout",
      "traces load-test",
    ]);
    const planned = await invoke({ action: "replay", signal: "logs", dryRun: true });
    expect(planned).toMatchObject({ dryRun: true, counts: { planned: 1, notSelected: 2 } });
    expect(sent()).toEqual([]);
    expect(await invoke({ action: "replay", signal: "logs" })).toMatchObject({ counts: { replayed: 1 } });
    expect(sent()).toEqual(["a"]);
    const discarded = await invoke({ action: "discard", service: "load-test", comment: "a test" });
    expect(discarded).toMatchObject({ counts: { discarded: 1, notSelected: 1 } });
    expect([reader.bodies.size, reader.hidden()]).toEqual([1, 0]);
  });

  it.each([
    ["nothing", undefined, /needs "action": list, show, replay, discard/],
    ["an event of a queue", { Records: [] }, /needs "action"/],
    ["an unknown action", { action: "delete" }, /it is "delete"/],
    ["a misspelt selection", { action: "replay", sevice: "x" }, /replay does not take "sevice"/],
    ["a discard of everything by accident", { action: "discard", comment: "x" }, /Nothing is selected/],
  ])("refuses %s", async (_, payload, message) => {
    const { reader, invoke, park } = stand();
    await park({ id: "a" });
    await expect(invoke(payload)).rejects.toThrow(message);
    expect(reader.bodies.size).toBe(1);
  });

  it("returns before its time is over, with everything in hand settled, and says that there is more", async () => {
    const { reader, clock, invoke, park, sent } = stand();
    await park(...numbered(40));
    const startedAt = clock.now();
    const first = await invoke({ action: "replay", rate: 0.1 }, 150_000);
    expect(first).toMatchObject({ ended: "deadline", more: true });
    expect(clock.now() - startedAt).toBeLessThanOrEqual(75_000);
    expect(reader.hidden()).toBe(0);
    expect(first.counts.replayed + reader.bodies.size).toBe(40);
    expect(await invoke({ action: "replay" })).toMatchObject({ ended: "all", more: false });
    expect(sent()).toHaveLength(40);
    expect(new Set(sent()).size).toBe(40);
  });

  it("starts nothing in less time than it needs to finish", async () => {
    const { invoke, park, sent } = stand();
    await park({ id: "a" });
    expect(await invoke({ action: "replay" }, 70_000)).toMatchObject({ ended: "deadline", more: true });
    expect(sent()).toEqual([]);
  });

  it("tells the ids whose deletion is not confirmed, and deletes them the next time without sending them", async () => {
    let down = true;
    const { events, invoke, park, sent } = stand({
      readerFault: (operation) => (operation === "delete" && down ? "fails" : undefined),
    });
    await park({ id: "a" });
    const first = await invoke({ action: "replay" });
    expect(first).toMatchObject({ more: true, letters: [{ id: "a", outcome: "replayed", unconfirmed: true }] });
    expect(events.map(({ name }) => name)).toEqual(["dead-letter.replayed", "queue.failed"]);
    down = false;
    expect(await invoke({ action: "replay" })).toMatchObject({ counts: { finished: 1 }, more: false });
    expect(sent()).toEqual(["a"]);
  });

  it("shows letters, decoded, as long as its answer has room for them", async () => {
    const { invoke, park } = stand();
    const padding = "x".repeat(1_500_000);
    await park({ id: "a" }, { id: "b", names: [padding] }, { id: "c", names: [padding] }, { id: "d" });
    const shown = await invoke({ action: "show", ids: ["a", "b", "c"] });
    expect(shown).toMatchObject({ counts: { kept: 3 }, letters: [{ id: "a" }, { id: "b" }, { id: "c" }] });
    expect(shown).toMatchObject({
      contents: {
        a: { content: { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "item" } }] }] }] } },
        b: { content: expect.anything() },
        c: { bytes: expect.any(Number), why: expect.stringContaining("too large") },
      },
    });
    expect(JSON.stringify(shown).length).toBeLessThan(6_000_000);
    await expect(invoke({ action: "show" })).rejects.toThrow('A show needs "ids"');
  });

  it("bounds its answer, and counts what it leaves out of it", async () => {
    const { invoke, park } = stand();
    await park(...numbered(1010).map((letter, at) => ({ ...letter, service: `service-${at}` })));
    const { letters, omitted, groups } = await invoke({ action: "list" });
    expect([letters.length, omitted, groups.length]).toEqual([1000, 10, 1001]);
    expect(groups[0]).toMatchObject({ services: "others", letters: 10 });
  });
});

describe("the trace of a replay", () => {
  const names = ["_X_AMZN_TRACE_ID", "AWS_LAMBDA_FUNCTION_NAME"];
  afterEach(() => {
    for (const name of names) delete process.env[name];
  });

  it("is that of its invocation, never that of the letter, so that each replay is a chain of its own", async () => {
    const body = await sampleDeadLetter({ id: "a", lastAttemptAt: Date.now() - 1000 });
    const old = "Root=1-00000000-000000000000000000000001;Lineage=15:aaaaaaaa:15";
    const own = "Root=1-00000000-000000000000000000000002;Lineage=1:bbbbbbbb:0";
    const calls: { action: string; trace: string | undefined; body: string }[] = [];
    const server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      const action = String(request.headers["x-amz-target"]).replace(/^.*[.]/, "");
      calls.push({ action, trace: request.headers["x-amzn-trace-id"]?.toString(), body: text });
      const attributes = { SentTimestamp: String(Date.now() - 1000), AWSTraceHeader: old };
      const letter = { MessageId: "m", ReceiptHandle: "r", Body: body, MD5OfBody: md5(body), Attributes: attributes };
      const sent: string = JSON.parse(text).Entries?.[0]?.MessageBody ?? "";
      const answers: Record<string, object> = {
        GetQueueAttributes: { Attributes: { MessageRetentionPeriod: "1209600", QueueArn: "arn" } },
        ReceiveMessage: { Messages: calls.filter((call) => call.action === action).length === 1 ? [letter] : [] },
        SendMessageBatch: { Successful: [{ Id: "0", MessageId: "n", MD5OfMessageBody: md5(sent) }] },
        DeleteMessageBatch: { Successful: [{ Id: "0" }] },
      };
      response.setHeader("content-type", "application/x-amz-json-1.0");
      response.end(JSON.stringify(answers[action] ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      process.env._X_AMZN_TRACE_ID = own;
      process.env.AWS_LAMBDA_FUNCTION_NAME = "sluice-test-replay";
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const credentials = { accessKeyId: "test", secretAccessKey: "test" };
      const client = createSqsClient({ endpoint, region: "us-east-1", credentials });
      const { journal, clock } = createReplayStand();
      const real = { ...clock, now: Date.now };
      const reader = createSqsReader({ client, queueUrl: `${endpoint}/0/letters` });
      const queue = createSqsQueue({ client, queueUrl: `${endpoint}/0/queue` });
      const replay = createReplay({ reader, queue, journal, clock: real, emit: () => {} });
      const report = await replay({ action: "replay" }, { getRemainingTimeInMillis: () => 100_000 });
      expect(report).toMatchObject({ counts: { replayed: 1 } });
    } finally {
      server.close();
      server.closeAllConnections();
    }
    const sends = calls.filter(({ action }) => action === "SendMessageBatch");
    expect(sends.map(({ trace }) => trace)).toEqual([own]);
    expect(calls.map((call) => call.body).join()).not.toContain("AWSTraceHeader");
    expect(JSON.stringify(sends)).not.toContain(old);
  });
});

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
