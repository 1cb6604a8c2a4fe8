import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { describe, expect, it, onTestFinished } from "vitest";
import { region, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { type EventSourceOptions, startEventSource } from "../../../local/lambda/event-source.ts";
import { createSqsClient } from "../../../shared/aws/sqs/sqs-client.ts";
import { createSqsReader } from "../../../shared/aws/sqs/sqs-reader.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import type { EventName } from "../../../shared/telemetry/events/events.ts";

async function start(invoke: EventSourceOptions["invoke"], options: Partial<EventSourceOptions> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), "sluice-source-"));
  const sqs = await startEmbeddedSqs({ dataDir });
  const dead = sqs.createQueue("dead", {});
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
  const { url, arn } = sqs.createQueue("main", { VisibilityTimeout: "1", RedrivePolicy });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = createSqsClient({ endpoint: sqs.endpoint, region, credentials });
  const events: EventName[] = [];
  const send = async (...bodies: string[]) => {
    const Entries = bodies.map((body, at) => ({ Id: String(at), MessageBody: body }));
    await client.sdk.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  };
  const poll = () => {
    const source = startEventSource({
      reader: createSqsReader({ client, queueUrl: url }),
      leaseSeconds: 1,
      queueArn: arn,
      invoke,
      clock: systemClock,
      emit: (name) => events.push(name),
      newId: () => "id",
      waitSeconds: 1,
      concurrency: 1,
      ...options,
    });
    onTestFinished(async () => {
      await source.drain(0);
      await sqs.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });
    return source;
  };
  return { sqs, events, send, poll };
}

/** An invoke that records the bodies of each event and answers in turn, with success at the end. */
function script(...answers: ((event: SQSEvent) => unknown)[]) {
  const calls: string[][] = [];
  const invoke = async (event: SQSEvent) => {
    calls.push(event.Records.map(({ body }) => body));
    return answers.shift()?.(event) ?? { batchItemFailures: [] };
  };
  return { calls, invoke };
}

function idOf(event: SQSEvent, body: string): string {
  return event.Records.find((record) => record.body === body)?.messageId ?? "";
}

describe("startEventSource()", () => {
  it("hands over records as Lambda does, and deletes what succeeded", async () => {
    let seen: SQSEvent | undefined;
    const { sqs, send, poll } = await start(async (event) => {
      seen = event;
    });
    await send("a");
    poll();
    await expect.poll(() => sqs.bodies("main")).toEqual([]);
    expect(seen?.Records[0]).toMatchObject({
      body: "a",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:main",
      awsRegion: "us-east-1",
      attributes: { ApproximateReceiveCount: "1", SentTimestamp: expect.stringMatching(/^\d{13}$/) },
    });
  });

  it("gathers a batch over several receives within its window", async () => {
    const { calls, invoke } = script();
    const { sqs, send, poll } = await start(invoke, { batchSize: 25, windowMs: 300 });
    for (let at = 0; at < 3; at++) await send(...Array.from({ length: 10 }, (_, index) => `${at * 10 + index}`));
    poll();
    await expect.poll(() => sqs.bodies("main")).toEqual([]);
    expect(calls.map(({ length }) => length)).toEqual([25, 5]);
  });

  it("cuts a batch before its event passes 6 MB, and loses nothing of it", async () => {
    const { calls, invoke } = script();
    const { sqs, send, poll } = await start(invoke, { batchSize: 10, windowMs: 200 });
    for (let at = 0; at < 8; at++) await send(String(at).repeat(900_000));
    poll();
    await expect.poll(() => sqs.bodies("main").length, { timeout: 5000 }).toBe(0);
    expect(calls.flat().length).toBe(8);
    for (const bodies of calls) expect(bodies.join("").length).toBeLessThan(6 * 1024 * 1024);
    expect(calls[0]?.length).toBe(6);
  });

  it("brings back only the messages that are reported", async () => {
    const { calls, invoke } = script((event) => ({ batchItemFailures: [{ itemIdentifier: idOf(event, "b") }] }));
    const { sqs, send, poll } = await start(invoke);
    await send("a", "b", "c");
    poll();
    await expect.poll(() => sqs.bodies("main"), { timeout: 5000 }).toEqual([]);
    expect(calls).toEqual([["a", "b", "c"], ["b"]]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["reports an unknown message", () => ({ batchItemFailures: [{ itemIdentifier: "nobody" }] })],
  ])("brings the whole batch back when the function %s, later", async (_, answer) => {
    const { calls, invoke } = script(answer);
    const { sqs, send, poll } = await start(invoke);
    await send("a", "b");
    poll();
    await expect.poll(() => calls.length, { timeout: 5000 }).toBe(2);
    expect(calls[1]).toEqual(["a", "b"]);
    await expect.poll(() => sqs.bodies("main")).toEqual([]);
  });

  it("counts a function that does not answer in time as failed", async () => {
    const { calls, invoke } = script(() => new Promise(() => {}));
    const { events, send, poll } = await start(invoke, { timeoutMs: 50 });
    await send("a");
    poll();
    await expect.poll(() => events, { timeout: 5000 }).toContain("invocation.failed");
    await expect.poll(() => calls.length, { timeout: 5000 }).toBe(2);
  });

  it("leaves what fails too often to the dead-letter queue", async () => {
    const { sqs, send, poll } = await start(async () => {
      throw new Error("boom");
    });
    await send("a");
    poll();
    await expect.poll(() => sqs.bodies("dead"), { timeout: 10_000 }).toEqual(["a"]);
  });

  it("works off what is visible before a drain ends", async () => {
    const { calls, invoke } = script();
    const { sqs, send, poll } = await start(invoke, { batchSize: 1 });
    const source = poll();
    await send("a", "b", "c");
    await source.drain(5000);
    expect([calls.length, sqs.bodies("main")]).toEqual([3, []]);
  });

  it("gives up a drain at its deadline", async () => {
    const { calls, invoke } = script(() => new Promise(() => {}));
    const { sqs, send, poll } = await start(invoke);
    await send("a");
    const source = poll();
    await expect.poll(() => calls.length).toBe(1);
    await source.drain(50);
    expect(sqs.bodies("main")).toEqual(["a"]);
  });
});
