import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../local/embedded-sqs.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import { type SignalName, signalNames } from "../../shared/signal.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { type FakeSsm, ssmEnvironment, startFakeSsm } from "../support/fake-ssm.ts";
import { slsPackage } from "../support/infra/sls.ts";
import { resolveTemplate } from "../support/infra/template.ts";
import { unzip } from "../support/infra/unzip.ts";
import { albEvent, answerOf } from "../support/lambda/lambda-events.ts";
import { type Lambda, startLambda } from "../support/lambda/lambda-runtime.ts";
import { corpusCase } from "../support/otlp/corpus.ts";
import { itemNames } from "../support/otlp/item-names.ts";

// What `sls deploy` would upload, with the environment it would give, around queues, parameters and a destination of ours.
const folder = mkdtempSync(join(tmpdir(), "sluice-artifact-"));
const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
const poison = "refuse me";
let refusing = true;
let sqs: EmbeddedSqs;
let client: SQSClient;
let ssm: FakeSsm;
let grafana: FakeGrafana;
let ingest: Lambda;
let flush: Lambda;
let replay: Lambda;
let queueUrl: string;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir: join(folder, "queues") });
  stops.push(() => sqs.stop());
  ssm = await startFakeSsm();
  stops.push(() => ssm.close());
  grafana = await startFakeGrafana({ poison: (item) => refusing && item.includes(poison) });
  stops.push(() => grafana.close());
  ssm.put("/sluice/dev/grafana-cloud/endpoint", grafana.endpoint);
  ssm.put("/sluice/dev/grafana-cloud/instance-id", grafana.instanceId);
  ssm.put("/sluice/dev/grafana-cloud/api-key", grafana.apiKey, "SecureString");
  const deadLetters = sqs.createQueue("sluice-dev-dead-letters", {});
  const queue = sqs.createQueue("sluice-dev", {});
  queueUrl = queue.url;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new SQSClient({ endpoint: sqs.endpoint, region, credentials });
  stops.push(() => client.destroy());

  const packaged = await slsPackage();
  stops.push(() => packaged.remove());
  const template = resolveTemplate(packaged.template, { Queue: queue.url, DeadLetterQueue: deadLetters.url });
  const start = async (name: string, id: string): Promise<Lambda> => {
    const { Environment, Handler, FunctionName, Timeout } = template.Resources[id]?.Properties ?? {};
    const taskRoot = join(folder, name);
    for (const [path, bytes] of unzip(packaged.zip(name))) {
      mkdirSync(dirname(join(taskRoot, path)), { recursive: true });
      writeFileSync(join(taskRoot, path), bytes, { mode: 0o444 });
    }
    const emulators = { AWS_ENDPOINT_URL_SQS: sqs.endpoint, ...ssmEnvironment(ssm), AWS_REGION: region };
    const lambda = await startLambda({
      taskRoot,
      handler: Handler,
      functionName: FunctionName,
      environment: { ...Environment.Variables, ...emulators },
      timeoutMs: Timeout * 1000,
    });
    stops.push(() => lambda.stop());
    return lambda;
  };
  ingest = await start("ingest", "IngestLambdaFunction");
  flush = await start("flush", "FlushLambdaFunction");
  replay = await start("replay", "ReplayLambdaFunction");
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** One turn of the event-source mapping: receive, invoke, delete what did not fail. */
async function turn(): Promise<unknown> {
  const { Messages: messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All"] }),
  );
  const Records = messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:${region}:000000000000:sluice-dev`,
    awsRegion: region,
  }));
  const invoked = await flush.invoke({ Records });
  for (const { ReceiptHandle } of messages) {
    await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
  return invoked;
}

async function send(signal: SignalName, body: Uint8Array, headers: Record<string, string>) {
  const invoked = await ingest.invoke(
    albEvent({ name: signal, path: `/v1/${signal}`, headers, body, expect: { status: 200 } }, { multiValue: true }),
  );
  if (invoked.kind === "error") throw new Error(invoked.message);
  // The template turns multi-value headers on, and then the load balancer takes no other answer.
  expect(invoked.result).toHaveProperty("multiValueHeaders");
  expect(invoked.result).not.toHaveProperty("headers");
  return answerOf(invoked.result as object);
}

const protobuf = { "content-type": "application/x-protobuf" };

describe("the functions as deployed", () => {
  it.each(signalNames)("carry %s from an ALB event to the destination", async (signal) => {
    const { protobuf: bytes, gzip } = await corpusCase(signal, "small");
    const answer = await send(signal, gzip, { ...protobuf, "content-encoding": "gzip" });
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/x-protobuf" } });
    const before = grafana.requests.length;
    expect(await turn()).toEqual({ kind: "result", result: { batchItemFailures: [] } });
    const [arrived] = grafana.requests.slice(before);
    expect(arrived).toMatchObject({ signal, status: 200, items: itemNames(bytes, signal) });
    expect(grafana.complaints).toEqual([]);
  });

  it("take JSON, park what the destination refuses, and replay it when it no longer does", async () => {
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: poison } }] }] }] };
    const answer = await send("logs", Buffer.from(JSON.stringify(logs)), { "content-type": "application/json" });
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
    expect(await turn()).toEqual({ kind: "result", result: { batchItemFailures: [] } });
    expect(grafana.delivered.has(poison)).toBe(false);
    const [letter = ""] = sqs.bodies("sluice-dev-dead-letters");
    expect(decodeEnvelope(letter)).toMatchObject({
      kind: "batch",
      batch: { format: "otlp/logs", deadLetter: { reason: "rejected", status: 400 } },
    });

    refusing = false;
    expect(await replay.invoke({ action: "replay" })).toMatchObject({ kind: "result" });
    expect(sqs.bodies("sluice-dev-dead-letters")).toEqual([]);
    await turn();
    expect(grafana.delivered.get(poison)).toBe(1);
  });

  it("answer everything that is not OTLP, and survive it", async () => {
    expect(await send("traces", Buffer.from("not protobuf"), protobuf)).toMatchObject({ status: 400 });
    const { gzip } = await corpusCase("traces", "small");
    expect(await send("traces", gzip, { ...protobuf, "content-encoding": "gzip" })).toMatchObject({ status: 200 });
  });

  it("write JSON lines, metrics among them, and no secret", () => {
    for (const lambda of [ingest, flush]) {
      const lines = lambda.lines().map((line) => JSON.parse(line));
      expect(lines.some((line) => line._aws?.CloudWatchMetrics[0].Namespace === "Sluice")).toBe(true);
      expect(lambda.lines().join()).not.toContain(grafana.apiKey);
    }
  });

  it("do not start without their settings, and say which", async () => {
    const environment = { SLUICE_STAGE: "empty", ...ssmEnvironment(ssm), SLUICE_QUEUE_URL: queueUrl };
    const options = {
      taskRoot: join(folder, "flush"),
      handler: "index.handler",
      functionName: "flush",
      timeoutMs: 1000,
    };
    await expect(startLambda({ ...options, environment })).rejects.toThrow(
      /API_KEY is not set.*config put grafana-cloud.api-key --stage empty/,
    );
  });
});
