import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import { otlpExporter } from "../../support/alloy/otlp-exporter.ts";
import { type FakeGrafana, startFakeGrafana } from "../../support/destination/fake-grafana.ts";
import { eventOf } from "../../support/flush/flush-stand.ts";
import { albEvent, answerOf } from "../../support/lambda/lambda-events.ts";
import { protobuf } from "../../support/otlp/cases/edge-case.ts";
import { requestOf } from "../../support/otlp/item-names.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sluice-pipeline-"));
const context = { getRemainingTimeInMillis: () => 60_000 };
let sqs: EmbeddedSqs;
let first: FakeGrafana;
let second: FakeGrafana;
let ingest: (event: unknown, given: typeof context) => Promise<object>;
let flush: (event: ReturnType<typeof eventOf>, given: typeof context) => Promise<unknown>;
let taken = 0;

const pipeline = `
  otelcol.receiver.otlp "default" {
    http { }
    output { traces = [otelcol.processor.attributes.redact.input] }
  }
  otelcol.processor.attributes "redact" {
    action {
      key    = "padding"
      action = "update"
      value  = "(redacted)"
    }
    output { traces = [otelcol.exporter.otlphttp.first.input, otelcol.exporter.otlphttp.second.input] }
  }
  ${otlpExporter("first")}
  ${otlpExporter("second")}
`;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir });
  first = await startFakeGrafana();
  second = await startFakeGrafana({ instanceId: "222222", apiKey: "glc_second" });
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: sqs.endpoint,
    SLUICE_LOG_LEVEL: "error",
    SLUICE_QUEUE_URL: sqs.createQueue("main", {}).url,
    SLUICE_DEAD_LETTER_QUEUE_URL: sqs.createQueue("dead", {}).url,
    SLUICE_PIPELINE: pipeline,
    FIRST_ENDPOINT: first.endpoint,
    SECOND_ENDPOINT: second.endpoint,
    FIRST_USER: first.instanceId,
    FIRST_KEY: first.apiKey,
    SECOND_USER: second.instanceId,
    SECOND_KEY: second.apiKey,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler: ingest } = await import("../../../functions/entry/ingest.ts"));
  ({ handler: flush } = await import("../../../functions/entry/flush.ts"));
});

beforeEach(() => {
  taken = sqs.bodies("main").length;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await first.close();
  await second.close();
  await sqs.stop();
  rmSync(dataDir, { recursive: true });
});

async function send(...names: string[]): Promise<readonly string[]> {
  const body = requestOf("traces", { names, padding: "card 4111 1111 1111 1111" });
  const answer = answerOf(
    await ingest(albEvent({ name: "", headers: protobuf, body, expect: { status: 200 } }), context),
  );
  expect(answer.status).toBe(200);
  return sqs.bodies("main").slice(taken);
}

function batchesOf(bodies: readonly string[]) {
  return bodies.map(decodeEnvelope).flatMap((each) => (each.kind === "batch" ? [each.batch] : []));
}

function eventWith(bodies: readonly string[]): ReturnType<typeof eventOf> {
  const sentAt = Date.now();
  const common = { sentAt, receiveCount: 1, firstReceivedAt: sentAt, visibleAt: 0 };
  return eventOf(bodies.map((body, at) => ({ ...common, id: `${at}`, body, receiptHandle: `receipt of ${at}` })));
}

describe("functions with a pipeline", () => {
  it("keep at rest only what the pipeline has redacted, one envelope for each destination", async () => {
    const batches = batchesOf(await send("a", "b"));
    expect(batches.map(({ destination }) => destination).toSorted()).toEqual([
      "otelcol.exporter.otlphttp.first",
      "otelcol.exporter.otlphttp.second",
    ]);
    for (const { payload, encoding } of batches) {
      const text = Buffer.from(encoding === "gzip" ? gunzipSync(payload) : payload).toString("latin1");
      expect(text).toContain("(redacted)");
      expect(text).not.toContain("4111");
    }
  });

  it("deliver to each destination with its own credentials", async () => {
    const response = await flush(eventWith(await send("c")), context);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(first.delivered.get("c")).toBe(1);
    expect(second.delivered.get("c")).toBe(1);
    expect([...first.complaints, ...second.complaints]).toEqual([]);
    expect(Buffer.from(first.requests.at(-1)?.body ?? []).toString("latin1")).toContain("(redacted)");
  });

  it("hold up no destination while another is down", async () => {
    const bodies = await send("d");
    const at = batchesOf(bodies).findIndex(({ destination }) => destination.endsWith(".second"));
    second.script.push({ status: 503 });
    const response = await flush(eventWith(bodies), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: `${at}` }] });
    expect(first.delivered.get("d")).toBe(1);
    expect(second.delivered.has("d")).toBe(false);
  });
});
