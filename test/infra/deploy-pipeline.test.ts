import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Batch } from "../../shared/batch/batch.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import { otlpExporter } from "../support/alloy/otlp-exporter.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { findChecker, type Moto, startMoto } from "../support/infra/checkers.ts";
import { sls, slsOptions } from "../support/infra/sls.ts";
import { unzip } from "../support/infra/unzip.ts";
import { answerOf, urlEvent } from "../support/lambda/lambda-events.ts";
import { type Lambda, startLambda } from "../support/lambda/lambda-runtime.ts";
import { requestOf } from "../support/otlp/item-names.ts";

const motoServer = findChecker("moto_server");

const pipeline = `
otelcol.receiver.otlp "default" {
  http { }
  output { logs = [otelcol.processor.attributes.origin.input] }
}
otelcol.processor.attributes "origin" {
  action {
    key    = "padding"
    action = "update"
    value  = "(redacted)"
  }
  action {
    key          = "sender"
    action       = "upsert"
    from_context = "auth.sender"
  }
  output { logs = [otelcol.exporter.otlphttp.picky.input, otelcol.exporter.otlphttp.down.input] }
}
${otlpExporter("picky")}
${otlpExporter("down")}
`;

// The zips that were deployed run against what was deployed: moto's queues, parameters and environments, two destinations of ours.
describe.skipIf(!motoServer)("a stage with a pipeline, against moto (skipped where moto_server is not found)", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-deploy-"));
  const file = join(folder, "pipeline.alloy");
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let moto: Moto;
  let picky: FakeGrafana;
  let down: FakeGrafana;
  let isDown = true;
  let ingest: Lambda;
  let flush: Lambda;
  let queue: string;
  let deadLetters: string;
  let sqs: SQSClient;

  beforeAll(async () => {
    moto = await startMoto(motoServer ?? "");
    stops.push(() => moto.stop());
    picky = await startFakeGrafana({ poison: (item) => item.includes("poison") });
    down = await startFakeGrafana({ instanceId: "222222", apiKey: "glc_down" });
    down.behave(() => (isDown ? { status: 503 } : undefined));
    stops.push(picky.close, down.close);
    sqs = new SQSClient(clientOptions());
    stops.push(() => sqs.destroy());
    writeFileSync(file, pipeline);
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  const clientOptions = () => ({
    endpoint: moto.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const run = (command: string) => {
    const options = slsOptions("pipe", { publicApi: "tokens", pipeline: file });
    return sls([command, ...options], { ...moto.env, SLS_AWS_MONITORING_FREQUENCY: "200" });
  };

  it("is not opened to the internet while no sender has a token, and nothing is changed", async () => {
    const { exitCode, output } = await run("deploy");
    expect(output).toContain("no sender of the stage pipe has a token: set one first, with npx sluice config put");
    expect(exitCode).not.toBe(0);
    const { stdout } = await promisify(execFile)(process.execPath, ["cli/sluice.js", "doctor", "--stage", "pipe"], {
      env: { ...moto.env },
    }).catch((error: { stdout: string }) => error);
    expect(stdout).toContain("sluice-pipe is not deployed");
  });

  it("is deployed with its file and its door once one has", async () => {
    await put("senders/senders", "shops");
    await put("senders/shops/tokens", "token-of-shops");
    for (const [name, { endpoint, instanceId, apiKey }] of Object.entries({ picky, down })) {
      await put(`pipeline/env/${name.toUpperCase()}_ENDPOINT`, endpoint);
      await put(`pipeline-secrets/${name.toUpperCase()}_USER`, instanceId);
      await put(`pipeline-secrets/${name.toUpperCase()}_KEY`, apiKey);
    }
    const { exitCode, output } = await run("deploy");
    expect(output).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT=https:[/][/][^ ]+[.]execute-api[.]us-east-1[.]amazonaws[.]com/);
    expect(exitCode).toBe(0);
    ingest = await start("ingest");
    flush = await start("flush");
  });

  it("is not deployed again while nothing has changed, though functions that are off are not there", async () => {
    const { exitCode, output } = await run("deploy");
    expect(output).toContain("No changes to deploy");
    expect(exitCode).toBe(0);
  });

  it("puts redacted batches into the queue, one for each destination, with the sender's name", async () => {
    expect(await send("wrong")).toBe(401);
    expect(await send("token-of-shops", "good-1", "poison", "good-2")).toBe(200);
    const bodies = (await receive(queue, false)).map(({ Body = "" }) => Body);
    const batches = bodies.map(batchOf);
    expect(batches.map(({ destination }) => destination).toSorted()).toEqual([
      "otelcol.exporter.otlphttp.down",
      "otelcol.exporter.otlphttp.picky",
    ]);
    for (const [at, { payload, encoding }] of batches.entries()) {
      const text = Buffer.from(encoding === "gzip" ? gunzipSync(payload) : payload).toString("latin1");
      expect(text).toContain("(redacted)");
      expect(text).toContain("shops");
      expect(`${text} ${bodies[at]}`).not.toContain("4111");
    }
  });

  it("delivers what is good while one destination refuses a record and the other is down, and loses nothing", async () => {
    await turn();
    expect([...picky.delivered.keys()].toSorted()).toEqual(["good-1", "good-2"]);
    expect(down.delivered.size).toBe(0);
    const letters = (await receive(deadLetters, true)).map(({ Body = "" }) => batchOf(Body));
    expect(letters).toMatchObject([
      { destination: "otelcol.exporter.otlphttp.picky", items: 1, deadLetter: { reason: "rejected", status: 400 } },
    ]);
    isDown = false;
    // Another environment of the function: this one has found the destination down, and leaves it alone for a while.
    flush = await start("flush", "-again");
    await expect.poll(afterATurn).toEqual(["good-1", "good-2", "poison"]);
    expect([...picky.delivered.values(), ...down.delivered.values()]).toEqual([1, 1, 1, 1, 1]);
    expect(ingest.lines().join("")).not.toContain("token-of-shops");
  });

  it("is removed, door and all", async () => {
    expect((await run("remove")).exitCode).toBe(0);
  });

  async function put(name: string, Value: string): Promise<void> {
    const client = new SSMClient(clientOptions());
    await client.send(new PutParameterCommand({ Name: `/sluice/pipe/${name}`, Value, Type: "SecureString" }));
    client.destroy();
  }

  /** Starts what was deployed: the zip, in the environment that the function has. */
  async function start(name: "ingest" | "flush", suffix = ""): Promise<Lambda> {
    const client = new LambdaClient(clientOptions());
    const functionName = `sluice-pipe-${name}`;
    const { Environment, Timeout = 10 } = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    client.destroy();
    // Moto's queues have the addresses of AWS, which a function goes by.
    const here = (url: string | undefined) => `${moto.endpoint}${URL.parse(url ?? "")?.pathname}`;
    const { SLUICE_QUEUE_URL, SLUICE_DEAD_LETTER_QUEUE_URL, ...others } = Environment?.Variables ?? {};
    [queue, deadLetters] = [here(SLUICE_QUEUE_URL), here(SLUICE_DEAD_LETTER_QUEUE_URL)];
    const queues = { SLUICE_QUEUE_URL: queue, SLUICE_DEAD_LETTER_QUEUE_URL: deadLetters };
    expect(others.SLUICE_PIPELINE_FILE).toBe("pipeline.alloy");
    const taskRoot = join(folder, `${name}${suffix}`);
    for (const [path, bytes] of unzip(readFileSync(new URL(`../../.serverless/${name}.zip`, import.meta.url)))) {
      mkdirSync(dirname(join(taskRoot, path)), { recursive: true });
      writeFileSync(join(taskRoot, path), bytes, { mode: 0o444 });
    }
    const environment = { ...others, ...queues, AWS_ENDPOINT_URL: moto.endpoint };
    const timeoutMs = Timeout * 1000;
    const lambda = await startLambda({ taskRoot, handler: "index.handler", functionName, environment, timeoutMs });
    stops.push(lambda.stop);
    return lambda;
  }

  /** As the public API hands it over. */
  async function send(token: string, ...names: string[]): Promise<number> {
    const headers = { "content-type": ["application/x-protobuf"], authorization: [`Bearer ${token}`] };
    const body = requestOf("logs", { names, padding: "card 4111 1111 1111 1111" });
    const event = urlEvent({ name: "", path: "/v1/logs", headers, body, expect: { status: 200 } });
    const invoked = await ingest.invoke(event);
    if (invoked.kind === "error") throw new Error(invoked.message);
    return answerOf(invoked.result as object).status;
  }

  async function receive(QueueUrl: string, isHidden: boolean) {
    const visibility = isHidden ? {} : { VisibilityTimeout: 0 };
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
        ...visibility,
      }),
    );
    return Messages;
  }

  async function afterATurn(): Promise<readonly string[]> {
    await turn();
    return [...down.delivered.keys()].toSorted();
  }

  /** One turn of the mapping: receive, invoke, delete what did not fail; what did is there again without the delay that flush gave it. */
  async function turn(): Promise<void> {
    const messages = await receive(queue, true);
    if (messages.length === 0) return;
    const Records = messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      eventSource: "aws:sqs",
    }));
    const invoked = await flush.invoke({ Records });
    if (invoked.kind === "error") throw new Error(invoked.message);
    const { batchItemFailures } = invoked.result as { batchItemFailures: readonly { itemIdentifier: string }[] };
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { MessageId = "", ReceiptHandle } of messages) {
      const which = { QueueUrl: queue, ReceiptHandle };
      const again = new ChangeMessageVisibilityCommand({ ...which, VisibilityTimeout: 0 });
      await (failed.has(MessageId) ? sqs.send(again) : sqs.send(new DeleteMessageCommand(which)));
    }
  }
});

function batchOf(body: string): Batch {
  const decoded = decodeEnvelope(body);
  if (decoded.kind !== "batch") throw new Error("the queue holds what is not a batch");
  return decoded.batch;
}
