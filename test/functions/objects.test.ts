import type { SQSEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { createObjects } from "../../functions/objects.ts";
import type { ObjectNotice } from "../../shared/aws-events/objects/notice.ts";
import type { ObjectSource, OpenedObject } from "../../shared/aws-events/objects/object-source.ts";
import type { Acceptance } from "../../shared/batch/accept.ts";
import { caseOf } from "../aws-events/objects/object-cases.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { memoryObject } from "../support/memory-object.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";
import { createFakeQueue } from "../support/queue/fake-queue.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

const denied: OpenedObject = { kind: "failed", reason: "s3:GetObject was refused with AccessDenied", isOutage: false };
const down: OpenedObject = { kind: "failed", reason: "S3 failed with InternalError", isOutage: true };

interface StandOptions {
  /** What a key holds, or how asking for it ends; anything else holds two lines. */
  readonly objects?: Readonly<Record<string, string | OpenedObject>>;
  readonly accept?: () => Acceptance;
  readonly fault?: () => string | undefined;
}

function stand({ objects = {}, accept = () => ({ kind: "accepted" }), fault = () => undefined }: StandOptions = {}) {
  const clock = createManualClock();
  const fetched: ObjectNotice[] = [];
  const bodies: string[] = [];
  const forgotten: string[] = [];
  const events: EmittedEvent[] = [];
  const notices = createFakeQueue({ clock, fault });
  const deadLetters = createFakeQueue({ clock });
  const source: ObjectSource = {
    async open(notice, abort) {
      fetched.push(notice);
      const found = objects[notice.key] ?? "one\ntwo\n";
      if (typeof found !== "string") return found;
      return memoryObject(new TextEncoder().encode(found), { before: () => clock.advance(10) }).open(notice, abort);
    },
  };
  const invoke = createObjects({
    source,
    clock,
    notices,
    deadLetters,
    emit: recordEvents(events),
    maxRequestBytes: 100,
    maxLineBytes: 1000,
    concurrency: 2,
    reserveMs: 1000,
    forget: async (receipts) => forgotten.push(...receipts),
    async accept({ bytes }) {
      const answer = accept();
      if (answer.kind === "accepted") bodies.push(...bodiesOf(bytes));
      return answer;
    },
  });
  return {
    fetched,
    bodies,
    forgotten,
    events,
    notices,
    deadLetters,
    letters: () => deadLetters.bodies().map((body) => JSON.parse(String(body))),
    invoke: async (event: SQSEvent, remainingMs = 60_000) =>
      (await invoke(event, { getRemainingTimeInMillis: () => remainingMs })).batchItemFailures.map(
        (one) => one.itemIdentifier,
      ),
  };
}

function bodiesOf(bytes: Uint8Array): readonly string[] {
  const request = decodeWithOracle(bytes, "logs") as unknown as {
    resourceLogs: { scopeLogs: { logRecords: { body: { stringValue: string } }[] }[] }[];
  };
  return request.resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => body.stringValue)),
  );
}

const eventOf = (name: string) => caseOf(name).input.lambda_event as SQSEvent;

function recordOf(key: string) {
  const object = { key, size: 10, sequencer: "01" };
  return {
    eventVersion: "2.1",
    eventName: "ObjectCreated:Put",
    awsRegion: "eu-west-1",
    s3: { bucket: { name: "b" }, object },
  };
}

function messages(bodies: readonly string[], receiveCount = 1): SQSEvent {
  const records = bodies.map((body, at) => ({
    body,
    messageId: `m-${at}`,
    receiptHandle: `r-${at}`,
    attributes: { ApproximateReceiveCount: String(receiveCount) },
  }));
  return { Records: records } as unknown as SQSEvent;
}

const noticeOf = (...keys: readonly string[]) => JSON.stringify({ Records: keys.map(recordOf) });

describe("createObjects()", () => {
  it.each(["s3-test-event", "s3-removed-and-folder"])("lets the message of %s go and reads nothing", async (name) => {
    const { invoke, fetched } = stand();
    expect(await invoke(eventOf(name))).toEqual([]);
    expect(fetched).toEqual([]);
  });

  it("reads what two messages tell of once, and keeps only the messages that failed", async () => {
    const { invoke, fetched, bodies } = stand({ objects: { "denied.gz": denied } });
    const { values } = caseOf("s3-duplicate-and-partial");
    expect((await invoke(eventOf("s3-duplicate-and-partial"))).sort()).toEqual(values.batchItemFailures);
    expect(fetched.map(({ key }) => key)).toEqual(values.fetched);
    expect(bodies).toEqual(["one", "two"]);
  });

  it("reads an object once that S3 tells of again later", async () => {
    const { invoke, fetched } = stand();
    await invoke(messages([noticeOf("a.log")]));
    expect(await invoke(messages([noticeOf("a.log")]))).toEqual([]);
    expect(fetched).toHaveLength(1);
  });

  it("goes on in other invocations where the time is over, and loses and repeats nothing", async () => {
    const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
    const { invoke, bodies, notices, events } = stand({ objects: { "a.log": lines.join("\n") } });
    expect(await invoke(messages([noticeOf("a.log")]), 1100)).toEqual([]);
    let invocations = 1;
    for (let read = 0; read < notices.bodies().length; read += 1) {
      invocations += 1;
      expect(await invoke(messages([String(notices.bodies()[read])]), 1100)).toEqual([]);
    }
    expect(bodies).toEqual(lines);
    expect(invocations).toBeGreaterThan(2);
    expect(events.filter(({ name }) => name === "object.continued")).toHaveLength(invocations - 1);
  });

  it("deletes what it is done with while a long object is still read, so that a kill would not repeat it", async () => {
    const { invoke, forgotten } = stand({ objects: { "long.log": "line\n".repeat(3000) } });
    expect(await invoke(messages(["a.log", "b.log"].map((key) => noticeOf(key))))).toEqual([]);
    expect(forgotten).toEqual([]);
    expect(await invoke(messages(["long.log", "c.log", "d.log"].map((key) => noticeOf(key))))).toEqual([]);
    expect(forgotten).toEqual(["r-1", "r-2", "r-0"]);
  });

  it("gives an object up whose position is never reached in time", async () => {
    const { invoke, letters, notices } = stand({ objects: { "a.log": `${"x".repeat(900)}\n`.repeat(9) } });
    expect(await invoke(messages([noticeOf("a.log")]), 1010)).toEqual([]);
    for (let read = 0; read < notices.bodies().length; read += 1) {
      expect(await invoke(messages([String(notices.bodies()[read])]), 1010)).toEqual([]);
    }
    expect(notices.bodies()).toHaveLength(9);
    expect(letters()).toMatchObject([
      { reason: expect.stringMatching(/too large to be skipped/), notice: { key: "a.log" } },
    ]);
  });

  it("keeps a message that there was no time for", async () => {
    const { invoke, fetched } = stand();
    expect(await invoke(messages([noticeOf("a.log"), noticeOf("b.log")]), 1000)).toEqual(["m-0", "m-1"]);
    expect(fetched).toEqual([]);
  });

  it("sends a message anew that there was no time for again and again", async () => {
    const { invoke, notices, letters } = stand();
    expect(await invoke(messages([noticeOf("a.log")], 5), 1000)).toEqual([]);
    expect(notices.bodies()).toEqual([noticeOf("a.log")]);
    expect(letters()).toEqual([]);
  });

  it("dead-letters an object that it may not read, after four times, and reads it when the letter is sent again", async () => {
    const objects: Record<string, string | OpenedObject> = { "a.log": denied };
    const { invoke, letters, deadLetters, bodies } = stand({ objects });
    expect(await invoke(messages([noticeOf("a.log")], 3))).toEqual(["m-0"]);
    expect(letters()).toEqual([]);
    expect(await invoke(messages([noticeOf("a.log")], 4))).toEqual([]);
    expect(letters()).toEqual([
      {
        continuation: "sluice-object/1",
        reason: denied.kind === "failed" ? denied.reason : "",
        at: expect.any(Number),
        notice: { bucket: "b", key: "a.log", region: "eu-west-1", size: 10, sequencer: "01" },
      },
    ]);
    objects["a.log"] = "now\n";
    expect(await invoke(messages(deadLetters.bodies().map(String)))).toEqual([]);
    expect(bodies).toEqual(["now"]);
  });

  it("never dead-letters for an outage: the message stays, and is sent again before it was received too often", async () => {
    const { invoke, letters, notices } = stand({ objects: { "a.log": down } });
    for (const count of [1, 2, 3, 4]) expect(await invoke(messages([noticeOf("a.log")], count))).toEqual(["m-0"]);
    expect(await invoke(messages([noticeOf("a.log")], 5))).toEqual([]);
    expect(letters()).toEqual([]);
    expect(notices.bodies()).toHaveLength(1);
  });

  it("keeps the message while the queue for batches does not work", async () => {
    const unavailable: Acceptance = { kind: "unavailable", reason: "SQS is down", retryAfterMs: 100_000 };
    const { invoke, letters, events } = stand({ accept: () => unavailable });
    expect(await invoke(messages([noticeOf("a.log")]))).toEqual(["m-0"]);
    expect(letters()).toEqual([]);
    expect(events).toContainEqual({
      name: "object.failed",
      fields: { bucket: "b", key: "a.log", offset: 0, stays: true, reason: "SQS is down" },
    });
  });

  it("dead-letters what can never be read at once, with the position behind what was", async () => {
    const objects = { "AWSLogs/1/CloudTrail/a.json": '{"Records":[{"eventVersion":"1"},{"cut' };
    const { invoke, letters, bodies } = stand({ objects });
    expect(await invoke(messages([noticeOf("AWSLogs/1/CloudTrail/a.json")]))).toEqual([]);
    expect(bodies).toEqual(['{"eventVersion":"1"}']);
    expect(letters()).toMatchObject([
      { reason: "the object ends before its array of Records does", notice: { position: { offset: 32 } } },
    ]);
  });

  it("dead-letters a line that is too large alone", async () => {
    const objects = { "a.log": `a\n${"x".repeat(2000)}\nb\n` };
    const { invoke, letters, bodies } = stand({ objects });
    expect(await invoke(messages([noticeOf("a.log")]))).toEqual([]);
    expect(bodies).toEqual(["a", "b"]);
    expect(letters()).toMatchObject([{ notice: { position: { offset: 2, until: 2003 } } }]);
  });

  it("dead-letters a message that is not a notice after four times, and reads it again when it is sent again", async () => {
    const { invoke, letters, deadLetters } = stand();
    expect(await invoke(messages(["not json"], 3))).toEqual(["m-0"]);
    expect(await invoke(messages(["not json"], 4))).toEqual([]);
    expect(letters()).toMatchObject([{ message: "not json", reason: "the message is not a JSON object" }]);
    expect(await invoke(messages(deadLetters.bodies().map(String)))).toEqual(["m-0"]);
  });

  it("brings back only the objects of a message that failed", async () => {
    const { invoke, notices, bodies } = stand({ objects: { "b.log": down } });
    expect(await invoke(messages([noticeOf("a.log", "b.log")], 2))).toEqual([]);
    expect(bodies).toEqual(["one", "two"]);
    expect(notices.bodies().map((body) => JSON.parse(String(body)).notice)).toMatchObject([
      { key: "b.log", attempts: 2 },
    ]);
  });

  it("keeps the message where what is left cannot be put back", async () => {
    const { invoke } = stand({ objects: { "a.log": "x\n".repeat(200) }, fault: () => "SQS is down" });
    expect(await invoke(messages([noticeOf("a.log")]), 1050)).toEqual(["m-0"]);
  });
});
