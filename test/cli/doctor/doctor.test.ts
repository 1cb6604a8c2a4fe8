import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedSqs, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { createSqsClient } from "../../../shared/aws/sqs/sqs-client.ts";
import { overviewOf } from "../../../shared/overview/overview.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import { createMetrics } from "../../../shared/telemetry/metrics/metrics.ts";
import { sluice } from "../../support/cli/cli.ts";
import { type FakeGrafana, startFakeGrafana } from "../../support/destination/fake-grafana.ts";
import { type FakeSsm, ssmEnvironment, startFakeSsm } from "../../support/fake-ssm.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sluice-doctor-"));
let sqs: EmbeddedSqs;
let ssm: FakeSsm;
let grafana: FakeGrafana;
let admin: Server;
let adminUrl: string;
let env: Record<string, string>;
let queueUrls: { readonly queue: string; readonly deadLetters: string };

beforeAll(async () => {
  [sqs, ssm, grafana] = await Promise.all([startEmbeddedSqs({ dataDir }), startFakeSsm(), startFakeGrafana()]);
  const deadLetters = sqs.createQueue("sluice-test-dead-letters", {});
  const redrive = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 1000 });
  const queue = sqs.createQueue("sluice-test", { RedrivePolicy: redrive });
  queueUrls = { queue: queue.url, deadLetters: deadLetters.url };
  ssm.put("/sluice/test/grafana-cloud/endpoint", grafana.endpoint);
  ssm.put("/sluice/test/grafana-cloud/instance-id", grafana.instanceId);
  ssm.put("/sluice/test/grafana-cloud/api-key", grafana.apiKey, "SecureString");
  env = {
    ...ssmEnvironment(ssm),
    SLUICE_STAGE: "test",
    SLUICE_QUEUE_URL: queue.url,
    SLUICE_DEAD_LETTER_QUEUE_URL: deadLetters.url,
    // Everything of AWS that has no fake here.
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  };
  const metrics = createMetrics();
  metrics.add("sluice_accepted_items_total", { signal: "logs", transport: "http" }, 7);
  metrics.set("sluice_in_flight_bytes", {}, 12);
  admin = createServer((_, response) => {
    response.end(JSON.stringify(overviewOf(metrics.snapshot(), { now: 1 })));
  });
  await new Promise<void>((resolve) => admin.listen(0, "127.0.0.1", resolve));
  adminUrl = `http://127.0.0.1:${(admin.address() as AddressInfo).port}`;
});
afterAll(async () => {
  admin.close();
  await Promise.all([sqs.stop(), ssm.close(), grafana.close()]);
  rmSync(dataDir, { recursive: true });
});

interface Checked {
  readonly name: string;
  readonly state: string;
  readonly fix?: string;
}

async function doctor(): Promise<{
  readonly code: number | null;
  readonly states: Record<string, string>;
  readonly fixes: string;
}> {
  const { code, out } = await sluice(["doctor", "--json"], { env });
  const { checks }: { checks: readonly Checked[] } = JSON.parse(out);
  expect(out).not.toContain(grafana.apiKey);
  const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
  return { code, states, fixes: checks.flatMap(({ fix }) => fix ?? []).join("\n") };
}

describe("sluice doctor", () => {
  test("finds nothing wrong with a healthy stage, and skips what it cannot see", async () => {
    const { code, states } = await doctor();
    expect(code).toBe(0);
    expect(states).toEqual({
      settings: "ok",
      stack: "skipped",
      "way in": "skipped",
      logs: "skipped",
      ingest: "skipped",
      delivered: "skipped",
      delivery: "skipped",
      "destination: traces": "ok",
      "destination: metrics": "ok",
      "destination: logs": "ok",
      queue: "ok",
      "dead-letter queue": "ok",
      redrive: "ok",
      "oldest message": "skipped",
      "dead letters": "ok",
    });
    expect(grafana.requests.map(({ wireBytes }) => wireBytes)).toEqual([0, 0, 0]);
    expect(grafana.complaints).toEqual([]);
  });

  test("sends a marked record through ingest into the queue, and through flush to the destination", async () => {
    const lambda = await startFakeLambda();
    const { out } = await sluice(["doctor", "--json"], { env: { ...env, AWS_ENDPOINT_URL_LAMBDA: lambda.url } });
    lambda.close();
    const { checks }: { checks: readonly (Checked & { detail: string })[] } = JSON.parse(out);
    const detailOf = (of: string) => checks.find(({ name }) => name === of)?.detail;
    const mark = /marked (\S+)/.exec(detailOf("ingest") ?? "")?.[1] ?? "none";
    expect(detailOf("delivered")).toBe(
      `flush brought a log record to ${grafana.endpoint}: look for {service_name="sluice-doctor"} |= "${mark}"`,
    );
    const [record] = lambda.events.get("sluice-test-ingest") ?? [];
    expect(JSON.stringify(record)).toContain(mark);
    const [event] = lambda.events.get("sluice-test-flush") ?? [];
    const decoded = decodeEnvelope((event as { Records: [{ body: string }] }).Records[0].body);
    expect(decoded).toMatchObject({ kind: "batch", batch: { format: "otlp/logs", items: 1 } });
    expect(decoded.kind === "batch" && Buffer.from(decoded.batch.payload).includes(mark)).toBe(true);
  });

  test("says why flush could not deliver", async () => {
    const lambda = await startFakeLambda({ batchItemFailures: [{ itemIdentifier: "x" }] });
    const { out, code } = await sluice(["doctor", "--json"], { env: { ...env, AWS_ENDPOINT_URL_LAMBDA: lambda.url } });
    lambda.close();
    const { checks }: { checks: readonly (Checked & { detail: string })[] } = JSON.parse(out);
    expect(code).toBe(1);
    expect(checks.find(({ name }) => name === "delivered")).toMatchObject({
      state: "failed",
      detail: "flush could not bring a log record to the destination: An export failed: 503.",
    });
  });

  test("names the command that fixes refused credentials", async () => {
    ssm.put("/sluice/test/grafana-cloud/api-key", "revoked", "SecureString");
    const { code, states, fixes } = await doctor();
    ssm.put("/sluice/test/grafana-cloud/api-key", grafana.apiKey, "SecureString");
    expect(code).toBe(1);
    expect(states["destination: logs"]).toBe("failed");
    expect(fixes).toContain("sluice config put grafana-cloud/api-key --stage test");
  });

  test("names the scope that a token lacks", async () => {
    grafana.script.push({ status: 403 }, { status: 403 }, { status: 403 });
    const { fixes } = await doctor();
    for (const signal of ["traces", "metrics", "logs"]) expect(fixes).toContain(`the scope ${signal}:write`);
  });

  test("names the command for an address where nobody answers", async () => {
    ssm.put("/sluice/test/grafana-cloud/endpoint", "http://127.0.0.1:1/otlp");
    const { code, fixes } = await doctor();
    ssm.put("/sluice/test/grafana-cloud/endpoint", grafana.endpoint);
    expect(code).toBe(1);
    expect(fixes).toContain("sluice config put grafana-cloud/endpoint --stage test");
  });

  test("reports missing settings and dead letters in one run", async () => {
    ssm.parameters.delete("/sluice/test/grafana-cloud/instance-id");
    const client = createSqsClient({ endpoint: sqs.endpoint, region: "us-east-1", credentials });
    await client.sdk.send(new SendMessageCommand({ QueueUrl: queueUrls.deadLetters, MessageBody: "x" }));
    client.destroy();
    const { code, states, fixes } = await doctor();
    ssm.put("/sluice/test/grafana-cloud/instance-id", grafana.instanceId);
    expect(code).toBe(1);
    expect(states).toMatchObject({ settings: "failed", destination: "skipped", "dead letters": "failed" });
    expect(fixes).toContain("sluice config validate --stage test");
    expect(fixes).toContain("sluice dead-letters list");
  });
});

/** Lambda's Invoke: ingest takes everything, flush answers as told. */
async function startFakeLambda(flushed: object = { batchItemFailures: [] }) {
  const events = new Map<string, unknown[]>();
  const server = createServer(async (request, response) => {
    const [, name = ""] = /functions\/([^/]+)\/invocations$/.exec(request.url?.split("?")[0] ?? "") ?? [];
    if (request.method !== "POST" || name === "") {
      response.writeHead(404).end("{}");
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    events.set(name, [...(events.get(name) ?? []), JSON.parse(Buffer.concat(chunks).toString())]);
    const log = `{"level":"debug","message":"x"}\n{"level":"warn","event":"export.retry","message":"An export failed: 503"}\n`;
    response.setHeader("x-amz-log-result", Buffer.from(log).toString("base64"));
    response.end(JSON.stringify(name.endsWith("-ingest") ? { statusCode: 200, body: "" } : flushed));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, events, close: () => server.close() };
}

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

describe("sluice status", () => {
  test("adds up what the queues and the daemon say", async () => {
    const { code, out } = await sluice(["status", "--admin", adminUrl, "--json"], { env });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      stage: "test",
      queue: { waiting: 0, inFlight: 0, delayed: 0 },
      deadLetters: { waiting: 1 },
      daemon: { ready: true, counts: { accepted_items: 7, delivered_items: 0, in_flight_bytes: 12 } },
    });
  });

  test("does without a daemon, and fails without a queue", async () => {
    const gone = { ...env, SLUICE_QUEUE_URL: queueUrls.queue.replace("sluice-test", "gone"), SLUICE_ADMIN_PORT: "1" };
    const { code, out, err } = await sluice(["status"], { env: gone });
    expect(code).toBe(3);
    expect(out).toMatch(/^queue +not readable\ndead letters +1\ndaemon +none at http:\/\/127.0.0.1:1$/m);
    expect(err).toContain("sluice doctor --stage test");
  });

  test("says that no local stack runs", async () => {
    const { code, err } = await sluice(["status", "--local"], { env: { SLUICE_DATA_DIR: join(dataDir, "none") } });
    expect(code).toBe(3);
    expect(err).toContain("npm start");
  });
});
