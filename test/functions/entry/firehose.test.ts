import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { contentOf } from "../../../shared/batch/content.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import { framed, gaugesOf, streamedRequest } from "../../support/firehose/metric-stream.ts";
import { type FirehoseOptions, firehoseRequest } from "../../support/firehose/requests.ts";
import { firehoseVectors } from "../../support/firehose/vectors.ts";
import { answerOf } from "../../support/lambda/lambda-events.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sluice-firehose-"));
const context = { getRemainingTimeInMillis: () => 30_000 };
let sqs: EmbeddedSqs;
let handler: (event: unknown, given: typeof context) => Promise<object>;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir });
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: sqs.endpoint,
    SLUICE_LOG_LEVEL: "info",
    SLUICE_FIREHOSE_ACCESS_KEYS: "k-correct",
    SLUICE_QUEUE_URL: sqs.createQueue("main", {}).url,
    SLUICE_DEAD_LETTER_QUEUE_URL: sqs.createQueue("dead", {}).url,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  ({ handler } = await import("../../../functions/entry/firehose.ts"));
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(dataDir, { recursive: true });
});

/** The event of the function's URL; a gzip body comes in base64. */
function eventOf(records: readonly Uint8Array[], options: FirehoseOptions = {}): object {
  const { method, headers, body } = firehoseRequest(records, options);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: "/",
    headers,
    requestContext: { http: { method, path: "/" } },
    body: Buffer.from(body).toString(options.gzip ? "base64" : "utf8"),
    isBase64Encoded: options.gzip === true,
  };
}

const batchesIn = (queue: string) =>
  Promise.all(
    sqs.bodies(queue).map(async (body) => {
      const decoded = decodeEnvelope(body);
      if (decoded.kind !== "batch") throw new Error(decoded.message);
      return { ...decoded.batch, content: (await contentOf(decoded.batch)) ?? new Uint8Array() };
    }),
  );

const metric = (name: string) => framed([streamedRequest([{ namespace: "AWS/EC2", name, count: 2, sum: 3 }])]);

describe("functions/entry/firehose", () => {
  it("refuses whoever has no key, and keeps nothing of it", async () => {
    const { status } = answerOf(await handler(eventOf([metric("Cpu")], { key: "wrong" }), context));
    expect([status, sqs.bodies("main"), sqs.bodies("dead")]).toEqual([401, [], []]);
  });

  it("delivers the good records of a request, and dead-letters the bad one between them with its reason", async () => {
    const poison = Buffer.from([0x7f, 0x0a, 0xff, 0xfe]);
    const event = eventOf([metric("Cpu"), poison, metric("Disk")], { gzip: true });
    expect(answerOf(await handler(event, context)).status).toBe(200);
    const [batch, ...others] = await batchesIn("main");
    expect(others).toEqual([]);
    expect(gaugesOf(batch?.content ?? poison).map(({ name }) => name)).toEqual(
      ["cpu", "disk"].flatMap((name) => ["average", "sum", "sample_count"].map((end) => `aws_ec2_${name}_${end}`)),
    );
    expect(await batchesIn("dead")).toMatchObject([
      {
        format: "otlp/logs",
        items: 1,
        deadLetter: { reason: "undecodable", message: expect.stringMatching(/^framing: /) },
      },
    ]);
  });

  it("takes a request that comes again for the one that it was", async () => {
    const event = eventOf([metric("Again")], { id: "again" });
    for (let time = 0; time < 2; time++) expect(answerOf(await handler(event, context)).status).toBe(200);
    expect(await batchesIn("main")).toHaveLength(2);
  });

  it("takes the event of a load balancer too", async () => {
    const vector = firehoseVectors.find(({ name }) => name === "fh-alb-plain-body");
    const answer = answerOf(await handler(vector?.input.lambda_event, context));
    expect([answer.status, JSON.parse(String(answer.body)).requestId]).toEqual([
      200,
      vector?.values.response_requestId,
    ]);
  });

  it("answers an event without a request in Firehose's shape", async () => {
    const answer = answerOf(await handler({}, context));
    expect([answer.status, Object.keys(JSON.parse(String(answer.body)))]).toEqual([
      400,
      ["requestId", "timestamp", "errorMessage"],
    ]);
  });

  it("asks to be sent the records again while the queue is down", async () => {
    await sqs.stop();
    const answer = answerOf(await handler(eventOf([metric("Late")], { id: "late" }), context));
    expect([answer.status, JSON.parse(String(answer.body)).errorMessage]).toEqual([
      503,
      "The records are not durable yet: send them again.",
    ]);
  });
});
