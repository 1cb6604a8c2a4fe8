import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogs } from "../../functions/logs.ts";
import type { UnusableRecord } from "../../shared/aws-events/refused-as-logs.ts";
import type { Accept } from "../../shared/batch/accept.ts";
import { logsData, recordsOf } from "../support/aws-events/logs-data.ts";
import { createRecordingAccept } from "../support/queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

const entry = (message: string) => ({ id: "1", timestamp: 1_709_294_400_000, message });
const eventOf = (bytes: Uint8Array) => ({ awslogs: { data: Buffer.from(bytes).toString("base64") } });
const failedOf = (messageId: string, requestPayload: unknown) => ({
  messageId,
  eventSource: "aws:sqs",
  body: JSON.stringify({ version: "1.0", requestContext: { condition: "RetriesExhausted" }, requestPayload }),
});

function setUp(accept?: Accept, isKept = true) {
  const recording = createRecordingAccept();
  const events: EmittedEvent[] = [];
  const refused: UnusableRecord[] = [];
  const logs = createLogs({
    accept: accept ?? recording.accept,
    emit: recordEvents(events),
    clock: { now: () => 1_709_294_405_000 },
    maxBytes: 1_000_000,
    stage: "prod",
    ownGroup: "/custom/own",
    region: "eu-west-1",
    withMetrics: () => true,
    toGauges: () => true,
    keepRefused: async (records) => {
      refused.push(...records);
      return isKept;
    },
  });
  const run = (event: unknown, leftMs = 30_000) =>
    logs.take(logs.open(event), { getRemainingTimeInMillis: () => leftMs });
  return { logs, run, received: recording.received, refused, events };
}

const unavailable: Accept = async () => ({ kind: "unavailable", reason: "AccessDenied", retryAfterMs: 5000 });

describe("createLogs()", () => {
  it("succeeds only when the events are durable", async () => {
    const { run, received, events } = setUp();
    expect(await run(eventOf(logsData([entry("a"), entry("b")])))).toBeUndefined();
    expect(received).toMatchObject([{ format: "otlp/logs", items: 2 }]);
    expect(events).toMatchObject([{ name: "request.accepted", fields: { transport: "cloudwatch-logs", items: 2 } }]);
  });

  it("makes logs and metrics of one event durable", async () => {
    const { run, received } = setUp();
    const report = "REPORT RequestId: 3f8a2b1c-0000-4000-8000-000000000001\tDuration: 12.34 ms";
    await run(eventOf(logsData([entry(report)], { logGroup: "/aws/lambda/shop" })));
    expect(received.map(({ format }) => format)).toEqual(["otlp/logs", "otlp/metrics"]);
  });

  it("rejects while the queue is down, so that Lambda invokes again", async () => {
    const { run } = setUp(unavailable);
    await expect(run(eventOf(logsData([entry("a")])))).rejects.toThrow("Lambda sends them again");
  });

  it("gives up waiting for the queue a second before Lambda gives up", async () => {
    const hanging: Accept = (_, abort) =>
      wait(10_000, undefined, abort && { signal: abort }).then(
        () => ({ kind: "accepted" }),
        () => ({ kind: "unavailable", reason: "aborted", retryAfterMs: 5000 }),
      );
    const started = performance.now();
    await expect(setUp(hanging).run(eventOf(logsData([entry("a")])), 1100)).rejects.toThrow("Lambda sends them again");
    expect(performance.now() - started).toBeLessThan(900);
  });

  it("delivers what can be read of an event, and dead-letters the event for what cannot", async () => {
    const { run, received, refused, events } = setUp();
    const damaged = Buffer.concat([logsData([entry("a")]), logsData([], { messageType: "HEARTBEAT" })]);
    await run(eventOf(damaged));
    expect(received).toHaveLength(1);
    const message = 'What the subscription sent cannot be used: its messageType is "HEARTBEAT".';
    expect(refused).toEqual([{ reason: "unreadable", message, bytes: damaged }]);
    expect(events.at(-1)).toMatchObject({ name: "records.refused", fields: { source: "cloudwatch-logs", records: 1 } });
  });

  it("rejects while the dead-letter queue does not take what cannot be used", async () => {
    const { run } = setUp(undefined, false);
    await expect(run({ odd: true })).rejects.toThrow("Lambda sends them again");
  });

  it.each([null, undefined, 1, "x", {}, { awslogs: null }, { awslogs: { data: 1 } }, { awslogs: { data: "%" } }])(
    "dead-letters the event %o",
    async (event) => {
      const { run, refused } = setUp();
      await run(event);
      const message =
        "What the subscription sent cannot be used: it is not the event of a CloudWatch Logs subscription.";
      expect(refused).toMatchObject([{ reason: "unreadable", message }]);
    },
  );

  it("has nothing to say about a control message", () => {
    const { logs, events } = setUp();
    expect(logs.open(eventOf(logsData([], { messageType: "CONTROL_MESSAGE" })))).toEqual({ kind: "quiet" });
    expect(events).toEqual([]);
  });

  it.each(["/aws/lambda/sluice-prod-logs", "/aws/lambda/sluice-prod-flush", "/ecs/sluice-prod-daemon", "/custom/own"])(
    "never feeds on its own lines: %s",
    async (logGroup) => {
      const { logs, run, received, events } = setUp();
      const event = eventOf(logsData([entry("a"), entry("b")], { logGroup }));
      expect(logs.open(event)).toEqual({ kind: "quiet" });
      await run(event);
      expect(received).toEqual([]);
      expect(events.map(({ name, fields }) => [name, fields])).toContainEqual(["logs.own", { events: 2 }]);
    },
  );

  it("takes events that failed before, and leaves those that fail again where they are", async () => {
    const { accept, received } = createRecordingAccept();
    let calls = 0;
    const every: Accept = (request) => (++calls === 2 ? unavailable(request) : accept(request));
    const { run, refused } = setUp(every);
    const Records = [
      failedOf("one", eventOf(logsData([entry("a")]))),
      failedOf("two", eventOf(logsData([entry("b")]))),
      failedOf("three", { odd: true }),
      failedOf("four", eventOf(logsData([entry("d")]))),
    ];
    expect(await run({ Records })).toEqual({
      batchItemFailures: [{ itemIdentifier: "two" }],
    });
    expect(refused).toHaveLength(1);
    const bodies = received.flatMap((request) =>
      recordsOf({ requests: [request], controlMessages: 0, ownEvents: 0, droppedPoints: 0, problems: [] }),
    );
    expect(bodies.map(({ body }) => body.stringValue)).toEqual(["a", "d"]);
  });

  it("loses no event of any list, whatever the queue answers: each is durable, or its event is given back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string(), { minLength: 1, maxLength: 20 }), fc.boolean(), async (lines, isUp) => {
        const { run, received } = setUp(isUp ? undefined : unavailable);
        const outcome = await run(eventOf(logsData(lines.map(entry)))).then(
          () => "taken",
          () => "given back",
        );
        const durable = received
          .filter(({ format }) => format === "otlp/logs")
          .reduce((sum, { items }) => sum + items, 0);
        expect([outcome, durable]).toEqual(isUp ? ["taken", lines.length] : ["given back", 0]);
      }),
    );
  });
});
