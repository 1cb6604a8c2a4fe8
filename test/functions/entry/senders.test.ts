import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import { albEvent, answerOf } from "../../support/lambda/lambda-events.ts";
import { protobuf } from "../../support/otlp/cases/edge-case.ts";
import { requestOf } from "../../support/otlp/item-names.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sluice-senders-"));
let sqs: EmbeddedSqs;
let ingest: (event: unknown) => Promise<object>;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir });
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: sqs.endpoint,
    SLUICE_LOG_LEVEL: "error",
    SLUICE_QUEUE_URL: sqs.createQueue("main", {}).url,
    SLUICE_DESTINATIONS: "backup",
    SLUICE_SENDERS: "shop,lab",
    SLUICE_SENDER_SHOP_TOKENS: "token-of-shop",
    SLUICE_SENDER_SHOP_TENANT: "eu-1",
    SLUICE_SENDER_LAB_TOKENS: "token-of-lab",
    SLUICE_SENDER_LAB_DESTINATIONS: "backup",
    SLUICE_SENDER_LAB_MAX_ITEMS_PER_SECOND: "2",
    SLUICE_SENDER_LAB_BURST: "1s",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler: ingest } = await import("../../../functions/entry/ingest.ts"));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await sqs.stop();
  rmSync(dataDir, { recursive: true });
});

async function send(token: string, count: number) {
  const taken = sqs.bodies("main").length;
  const names = Array.from({ length: count }, (_, at) => `${token} ${at}`);
  const headers = { ...protobuf, authorization: `Bearer ${token}` };
  const event = albEvent({ name: "", headers, body: requestOf("traces", { names }), expect: { status: 200 } });
  const { status, headers: answered } = answerOf(await ingest(event));
  const batches = sqs
    .bodies("main")
    .slice(taken)
    .map(decodeEnvelope)
    .flatMap((each) => (each.kind === "batch" ? [[each.batch.destination, each.batch.tenant]] : []));
  return { status, retryAfter: answered["retry-after"], batches };
}

describe("ingest with senders", () => {
  it("queues for every destination, with the sender's tenant", async () => {
    expect(await send("token-of-shop", 3)).toMatchObject({
      status: 200,
      batches: [
        ["grafana-cloud", "eu-1"],
        ["backup", "eu-1"],
      ],
    });
  });

  it("queues for the destination that the sender chose, within its limit", async () => {
    expect(await send("token-of-lab", 60)).toMatchObject({ status: 200, batches: [["backup", undefined]] });
    expect(await send("token-of-lab", 2)).toEqual({
      status: 429,
      retryAfter: expect.stringMatching(/^(29|30)$/),
      batches: [],
    });
    expect(await send("token-of-shop", 9)).toMatchObject({ status: 200 });
  });

  it("lets nobody in without a token of theirs", async () => {
    expect(await send("nobody", 1)).toMatchObject({ status: 401, batches: [] });
  });
});
