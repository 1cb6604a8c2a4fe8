import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Accept } from "../../../shared/batch/accept.ts";
import type { HttpAnswer } from "../../../shared/http/message.ts";
import type { Delivery, Taken } from "../../../shared/receivers/firehose/delivery.ts";
import { createReceiveFirehose } from "../../../shared/receivers/firehose/receive.ts";
import { createTakeDelivery, type KeepRefused } from "../../../shared/receivers/firehose/take-delivery.ts";
import { secret } from "../../../shared/secret.ts";
import { firehoseRequest, requestId, requestOf, sourceArn } from "../../support/firehose/requests.ts";
import { firehoseVectors } from "../../support/firehose/vectors.ts";
import { createRecordingAccept } from "../../support/queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../../support/record-events.ts";

const clock = { now: () => 1_709_294_461_000 };
const maxBodyBytes = 64 * 1_048_576;

function setUp(options: { accept?: Accept; keys?: readonly string[] | undefined; keepRefused?: KeepRefused } = {}) {
  const { keys = ["k-correct"], keepRefused } = options;
  const recording = createRecordingAccept();
  const events: EmittedEvent[] = [];
  const deliveries: Delivery[] = [];
  const emit = recordEvents(events);
  const accept = options.accept ?? recording.accept;
  const toOtlp = createTakeDelivery({
    accept,
    emit,
    clock,
    toGauges: () => false,
    ...(keepRefused && { keepRefused }),
  });
  const take = (delivery: Delivery): Promise<Taken> => {
    deliveries.push(delivery);
    return toOtlp(delivery);
  };
  const accessKeys = () => keys.map(secret);
  const receive = createReceiveFirehose({ take, emit, clock, accessKeys, maxBodyBytes });
  return { receive, received: recording.received, events, deliveries };
}

const bodyOf = ({ body }: HttpAnswer) => JSON.parse(Buffer.from(body).toString());
const text = (value: string) => Buffer.from(value);

describe("createReceiveFirehose()", () => {
  const answered = firehoseVectors.filter(({ input, values }) => input.method !== undefined && "status" in values);
  it.each(answered.map((vector) => [vector.name, vector] as const))("answers %s", async (_, vector) => {
    const unavailable: Accept = async () => ({ kind: "unavailable", reason: "full", retryAfterMs: 1000 });
    const { values, input } = vector;
    const { receive, received, deliveries, events } = setUp({
      ...(values.status === 503 && { accept: unavailable }),
      keys: input.config.access_key === undefined ? [] : [input.config.access_key],
    });
    const request = requestOf(vector);
    if (!request) throw new Error("the case has no request");
    const answer = await receive(request);
    const body = bodyOf(answer);
    expect([answer.status, answer.headers]).toEqual([values.status, { "content-type": "application/json" }]);
    expect([body.requestId, typeof body.timestamp]).toEqual([values.response_requestId, "number"]);
    if (values.status === 200) expect(Object.keys(body)).toEqual(["requestId", "timestamp"]);
    else expect(body.errorMessage).toMatch(/./);
    const [delivery] = deliveries;
    if (values.records) {
      expect(delivery?.records.map((record) => Buffer.from(record).toString())).toEqual(values.records);
    }
    if (values.stored === 0) expect(received).toEqual([]);
    if ("rejected" in values)
      expect(events).toMatchObject([{ name: "records.refused", fields: { records: values.rejected } }]);
    if ("rejected_fragments" in values)
      expect(events.filter(({ name }) => name === "records.refused")).toMatchObject([
        { fields: { reason: "framing", records: 1 } },
      ]);
    if ("metric_count" in values)
      expect(received).toMatchObject([{ format: "otlp/metrics", items: values.metric_count }]);
  });

  it("reads account and region from the ARN of the stream, in any partition", async () => {
    const { receive, deliveries } = setUp();
    const arn = "arn:aws-cn:firehose:cn-north-1:123456789012:deliverystream/x";
    await receive(firehoseRequest([text("x")], { headers: { "x-amz-firehose-source-arn": arn } }));
    expect(deliveries).toMatchObject([{ origin: { account: "123456789012", region: "cn-north-1" } }]);
  });

  it.each(["GET", "HEAD"])("answers %s of a health check without a key", async (method) => {
    const { receive, events } = setUp();
    const answer = await receive({ method, path: "/", headers: {}, body: new Uint8Array() });
    expect([answer.status, events]).toEqual([200, []]);
  });

  it("answers 401 to everybody where no key is configured, and to nobody where keys are switched off", async () => {
    const emit = recordEvents([]);
    const take = async (): Promise<Taken> => ({ kind: "taken" });
    const unset = createReceiveFirehose({ take, emit, clock, accessKeys: () => undefined, maxBodyBytes });
    const answer = await unset(firehoseRequest([text("x")]));
    expect([answer.status, bodyOf(answer).errorMessage]).toEqual([
      401,
      expect.stringContaining("No access key is configured"),
    ]);
    const open = createReceiveFirehose({ take, emit, clock, accessKeys: () => [], maxBodyBytes });
    expect((await open(firehoseRequest([text("x")], { key: "anything" }))).status).toBe(200);
  });

  it("takes any of several keys, so that one can be rotated out", async () => {
    const { receive } = setUp({ keys: ["old", "new"] });
    const statuses = [];
    for (const key of ["old", "new", "older", ""])
      statuses.push((await receive(firehoseRequest([text(key)], { key }))).status);
    expect(statuses).toEqual([200, 200, 401, 401]);
  });

  it.each([
    ["a PUT", { method: "PUT" }, 405],
    ["a request without an id", { headers: { "x-amz-firehose-access-key": "k-correct" } }, 400],
    ["a body without records", { body: text(`{"requestId":"${requestId}"}`) }, 400],
    ["a body of another coding", { headers: { ...firehoseRequest([]).headers, "content-encoding": "br" } }, 400],
    ["a body that is not gzip", { headers: { ...firehoseRequest([]).headers, "content-encoding": "gzip" } }, 400],
  ])("refuses %s with an answer of Firehose's shape", async (_, changes, status) => {
    const { receive, received } = setUp();
    const answer = await receive({ ...firehoseRequest([text("x")]), ...changes });
    expect([answer.status, received]).toEqual([status, []]);
    expect(bodyOf(answer)).toMatchObject({ timestamp: clock.now(), errorMessage: expect.stringMatching(/./) });
  });

  it("keeps the neighbours of a record that is not base64, and keeps that one for a person", async () => {
    const kept: unknown[] = [];
    const keepRefused: KeepRefused = async (refused, origin) => {
      kept.push([...refused, ...origin]);
      return true;
    };
    const { receive, received } = setUp({ keepRefused });
    const records = [{ data: "aGVsbG8=" }, { data: "not base64!" }, {}, 7, { data: "d29ybGQ=" }];
    const body = text(JSON.stringify({ requestId, timestamp: 1, records }));
    expect((await receive({ ...firehoseRequest([]), body })).status).toBe(200);
    expect(received).toMatchObject([{ format: "otlp/logs", items: 2 }]);
    expect(kept).toMatchObject([
      [
        { reason: "base64", message: "Record 1 has no data in base64.", bytes: Buffer.from("not base64!") },
        { reason: "base64" },
        { reason: "base64" },
        { name: "aws.firehose.arn", value: sourceArn },
        { name: "aws.firehose.request_id", value: requestId },
      ],
    ]);
  });

  it("answers 503 where the dead letters do not take what cannot be used", async () => {
    const { receive } = setUp({ keepRefused: async () => false });
    const body = text(JSON.stringify({ requestId, timestamp: 1, records: [{ data: "?" }] }));
    expect((await receive({ ...firehoseRequest([]), body })).status).toBe(503);
  });

  it("stores a request that comes again once, and another one with the same id too", async () => {
    const { receive, received } = setUp();
    for (const record of ["a", "a", "b", "a"]) {
      expect((await receive(firehoseRequest([text(record)]))).status).toBe(200);
    }
    expect(received).toHaveLength(2);
  });

  it("stores a request again whose first answer was no success", async () => {
    let isDown = true;
    const recording = createRecordingAccept();
    const accept: Accept = async (request) =>
      isDown ? { kind: "unavailable", reason: "down", retryAfterMs: 1 } : recording.accept(request);
    const { receive } = setUp({ accept });
    expect((await receive(firehoseRequest([text("a")]))).status).toBe(503);
    isDown = false;
    expect((await receive(firehoseRequest([text("a")], { gzip: true }))).status).toBe(200);
    expect(recording.received).toHaveLength(1);
  });

  const data = fc.oneof(fc.base64String({ maxLength: 200 }), fc.string({ maxLength: 40 }), fc.jsonValue());
  const document = fc.record(
    {
      requestId: fc.constantFrom(requestId, "other", 5),
      timestamp: fc.jsonValue(),
      records: fc.oneof(fc.array(fc.record({ data })), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const hostileBody = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    document.map((value) => text(JSON.stringify(value))),
    document.map((value) => gzipSync(JSON.stringify(value))),
  );
  const attributes = fc.oneof(fc.string({ maxLength: 60 }), fc.json());

  it("answers hostile bodies and headers in Firehose's shape, never with 413, and never fails", async () => {
    await fc.assert(
      fc.asyncProperty(hostileBody, attributes, fc.constantFrom("gzip", "", "x"), async (body, common, coding) => {
        const { receive, events } = setUp();
        const headers = { "x-amz-firehose-common-attributes": common, "content-encoding": coding };
        const answer = await receive({ ...firehoseRequest([], { headers }), body });
        expect([200, 400]).toContain(answer.status);
        expect(bodyOf(answer)).toMatchObject({ requestId, timestamp: clock.now() });
        expect(events.map(({ name }) => name)).not.toContain("code.crashed");
      }),
      { numRuns: 300 },
    );
  });

  it("answers 503 where the code fails", async () => {
    const events: EmittedEvent[] = [];
    const take = () => Promise.reject(new Error("boom"));
    const receive = createReceiveFirehose({
      take,
      emit: recordEvents(events),
      clock,
      accessKeys: () => [],
      maxBodyBytes,
    });
    expect((await receive(firehoseRequest([text("a")]))).status).toBe(503);
    expect(events).toMatchObject([{ name: "code.crashed" }]);
  });
});
