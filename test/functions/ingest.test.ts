import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createIngest } from "../../functions/ingest.ts";
import type { Accept } from "../../shared/batch/accept.ts";
import { secret } from "../../shared/secret.ts";
import { albEvent, answerOf, urlEvent } from "../support/lambda/lambda-events.ts";
import { jsonSpan, oneSpan } from "../support/otlp/cases/bodies.ts";
import { createRecordingAccept } from "../support/queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

const edge = { name: "one span", body: oneSpan, expect: { status: 200 } };

function setUp(accept?: Accept) {
  const recording = createRecordingAccept();
  const events: EmittedEvent[] = [];
  const options = { accept: accept ?? recording.accept, emit: recordEvents(events), maxBodyBytes: 1_000_000 };
  return { ingest: createIngest(options), received: recording.received, events };
}

describe("createIngest()", () => {
  it("answers each kind of event in its own shape", async () => {
    const { ingest, received } = setUp();
    expect(await ingest(albEvent(edge))).toHaveProperty("statusDescription", "200 OK");
    expect(await ingest(albEvent(edge, { multiValue: true }))).toHaveProperty("multiValueHeaders");
    expect(await ingest(urlEvent(edge))).not.toHaveProperty("statusDescription");
    expect((await ingest(urlEvent(edge, { stage: "prod" }))).statusCode).toBe(200);
    expect(received).toHaveLength(4);
  });

  it("answers the health check of the load balancer, and accepts nothing", async () => {
    const { ingest, received, events } = setUp();
    const check = { httpMethod: "GET", path: "/", headers: { "user-agent": "ELB-HealthChecker/2.0" }, body: "" };
    const result = await ingest({ requestContext: { elb: {} }, ...check, isBase64Encoded: false });
    expect(result).toMatchObject({ statusCode: 200, body: "ok\n" });
    expect([received, events]).toEqual([[], []]);
  });

  it.each([null, undefined, "x", 1, [], {}, { version: "2.0", requestContext: { http: 1 } }])(
    "answers the event %o with 400",
    async (event) => {
      const { ingest, received, events } = setUp();
      const result = await ingest(event);
      expect(result.statusCode).toBe(400);
      expect(JSON.parse(String(result.body))).toMatchObject({ code: 3, message: expect.stringMatching(/./) });
      expect(Object.values(result)).not.toContain(null);
      expect(received).toEqual([]);
      expect(events).toMatchObject([{ name: "request.refused", fields: { status: 400, reason: "event" } }]);
    },
  );

  it("lets nobody in from the internet who shows no token, and everybody whom AWS has let in", async () => {
    const { accept, received } = createRecordingAccept();
    const events: EmittedEvent[] = [];
    const sender = { name: "default", attributes: new Map(), rates: { burstMs: 1000 }, weight: 1 };
    const auth = () => [{ sender, anyone: true } as const];
    const options = { emit: recordEvents(events), maxBodyBytes: 1_000_000, knowsStrangers: true };
    for (const ingest of [createIngest({ ...options, accept }), createIngest({ ...options, accept, auth })]) {
      expect((await ingest(albEvent(edge))).statusCode).toBe(200);
      expect((await ingest(urlEvent(edge))).statusCode).toBe(401);
      const signed = urlEvent(edge) as { requestContext: object };
      const authorizer = { iam: { userArn: "arn:aws:iam::123456789012:user/x" } };
      const event = { ...signed, requestContext: { ...signed.requestContext, authorizer } };
      expect((await ingest(event)).statusCode).toBe(200);
    }
    const withToken = createIngest({ ...options, accept, auth: () => [secret("t")] });
    const authorization = {
      name: "with a token",
      headers: { authorization: ["Bearer t"], "content-type": ["application/x-protobuf"] },
      body: oneSpan,
      expect: { status: 200 },
    };
    expect((await withToken(urlEvent(authorization))).statusCode).toBe(200);
    expect(received).toHaveLength(5);
  });

  it("takes the first of several content types where the event tells all of them", async () => {
    const { ingest } = setUp();
    const headers = { "content-type": ["application/json", "application/x-protobuf"] };
    const twice = { name: "two content types", headers, body: jsonSpan(), expect: { status: 200 } };
    for (const event of [albEvent(twice, { multiValue: true }), urlEvent(twice)]) {
      const answer = answerOf(await ingest(event));
      expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json"]);
    }
  });

  it.each([
    ["half a second before Lambda does", 1000],
    ["at once where hardly any time is left", 100],
  ])("stops waiting for durability %s", async (_, leftMs) => {
    const accept: Accept = (_, abort) =>
      wait(10_000, undefined, abort && { signal: abort }).then(
        () => ({ kind: "accepted" }),
        () => ({ kind: "unavailable", reason: "aborted", retryAfterMs: 5000 }),
      );
    const { ingest } = setUp(accept);
    const started = performance.now();
    const result = await ingest(albEvent(edge), { getRemainingTimeInMillis: () => leftMs });
    expect(result).toMatchObject({ statusCode: 503, headers: { "retry-after": "5" } });
    expect(performance.now() - started).toBeLessThan(950);
  });
});
