import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { encodeEnvelope } from "../../../shared/queue/envelope.ts";
import { type FakeGrafana, startFakeGrafana } from "../../support/destination/fake-grafana.ts";
import { eventOf } from "../../support/flush/flush-stand.ts";
import { requestOf } from "../../support/otlp/item-names.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sluice-entry-"));
const context = { getRemainingTimeInMillis: () => 60_000 };
let sqs: EmbeddedSqs;
let grafana: FakeGrafana;
let handler: (event: SQSEvent, given: typeof context) => Promise<SQSBatchResponse>;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir });
  grafana = await startFakeGrafana();
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: sqs.endpoint,
    SLUICE_LOG_LEVEL: "error",
    SLUICE_QUEUE_URL: sqs.createQueue("main", {}).url,
    SLUICE_DEAD_LETTER_QUEUE_URL: sqs.createQueue("dead", {}).url,
    GRAFANA_CLOUD_OTLP_ENDPOINT: grafana.endpoint,
    GRAFANA_CLOUD_INSTANCE_ID: grafana.instanceId,
    GRAFANA_CLOUD_API_KEY: grafana.apiKey,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = await import("../../../functions/entry/flush.ts"));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await grafana.close();
  await sqs.stop();
  rmSync(dataDir, { recursive: true });
});

function messageOf(id: string, body: string) {
  const sentAt = Date.now();
  return {
    id,
    body,
    sentAt,
    receiveCount: 1,
    firstReceivedAt: sentAt,
    visibleAt: 0,
    receiptHandle: `receipt of ${id}`,
  };
}

function envelopeOf(...names: string[]): string {
  const payload = requestOf("traces", { names });
  const common = { format: "otlp/traces", destination: "grafana-cloud", encoding: "identity", acceptedAt: 1 } as const;
  return encodeEnvelope({ ...common, items: names.length, bytes: payload.length, payload });
}

describe("the flush function as it is deployed", () => {
  it("delivers batches and parks what is none, by its environment alone", async () => {
    const event = eventOf([messageOf("1", envelopeOf("a", "b")), messageOf("2", "what is this")]);
    expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
    expect([...grafana.delivered.keys()]).toEqual(["a", "b"]);
    expect(sqs.bodies("dead")).toEqual(["what is this"]);
    expect(grafana.complaints).toEqual([]);
  });

  it("reports what the destination did not take", async () => {
    grafana.script.push({ status: 503 });
    const response = await handler(eventOf([messageOf("3", envelopeOf("c"))]), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "3" }] });
  });

  it("shows the key nowhere in what it logs", async () => {
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
    grafana.script.push({ status: 401, message: "authentication error: invalid token" });
    await handler(eventOf([messageOf("4", envelopeOf("d"))]), context).catch(() => undefined);
    write.mockRestore();
    const text = written.join("");
    expect(text).toContain("destination.misconfigured");
    expect(text).not.toContain(grafana.apiKey);
    expect(text).not.toContain(Buffer.from(`${grafana.instanceId}:${grafana.apiKey}`).toString("base64"));
  });
});
