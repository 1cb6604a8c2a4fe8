import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { decodeEnvelope } from "../../../shared/queue/envelope.ts";
import { logsData } from "../../support/aws-events/logs-data.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sluice-logs-"));
const context = { getRemainingTimeInMillis: () => 30_000 };
let sqs: EmbeddedSqs;
let handler: (event: unknown, given: typeof context) => Promise<unknown>;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir });
  const queue = sqs.createQueue("main", {});
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: sqs.endpoint,
    AWS_LAMBDA_LOG_GROUP_NAME: "/own",
    SLUICE_LOG_LEVEL: "info",
    SLUICE_QUEUE_URL: queue.url,
    SLUICE_DEAD_LETTER_QUEUE_URL: sqs.createQueue("dead", {}).url,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  ({ handler } = await import("../../../functions/entry/logs.ts"));
});

afterEach(() => vi.restoreAllMocks());

afterAll(async () => {
  vi.unstubAllEnvs();
  await sqs.stop();
  rmSync(dataDir, { recursive: true });
});

const depthOf = () => sqs.bodies("main").length;
const eventOf = (logGroup: string, messageType = "DATA_MESSAGE") => {
  const events = [{ id: "1", timestamp: Date.now(), message: "a" }];
  return { awslogs: { data: Buffer.from(logsData(events, { logGroup, messageType })).toString("base64") } };
};

describe("functions/entry/logs", () => {
  it("puts the events of a subscription into the queue", async () => {
    await handler(eventOf("/app/web"), context);
    expect(depthOf()).toBe(1);
  });

  it("writes no line about its own lines or about control messages: each would bring it back", async () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await handler(eventOf("/own"), context);
    await handler(eventOf("/app/web", "CONTROL_MESSAGE"), context);
    expect(write).not.toHaveBeenCalled();
    expect(depthOf()).toBe(1);
  });

  it("dead-letters what it cannot read, with the reason, and takes again what failed before", async () => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const body = (requestPayload: unknown) => JSON.stringify({ version: "1.0", requestPayload });
    const Records = [
      { messageId: "one", eventSource: "aws:sqs", body: body({ odd: true }) },
      { messageId: "two", eventSource: "aws:sqs", body: body(eventOf("/app/web")) },
    ];
    const before = depthOf();
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [] });
    expect(depthOf()).toBe(before + 1);
    const letters = sqs.bodies("dead").map((letter) => decodeEnvelope(letter));
    expect(letters).toMatchObject([
      {
        kind: "batch",
        batch: {
          format: "otlp/logs",
          deadLetter: { reason: "undecodable", message: expect.stringContaining("CloudWatch Logs") },
        },
      },
    ]);
  });

  it("fails while the queue is down", async () => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const event = eventOf("/app/web");
    await sqs.stop();
    await expect(handler(event, context)).rejects.toThrow("Lambda sends them again");
  });
});
