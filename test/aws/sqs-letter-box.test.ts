import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../local/embedded-sqs.ts";
import { createSqsClient } from "../../shared/aws/sqs-client.ts";
import { createSqsLetterBox } from "../../shared/aws/sqs-letter-box.ts";
import { createSqsQueue } from "../../shared/aws/sqs-queue.ts";
import type { LetterMessage } from "../../shared/dead-letters/letter-box.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const dataDir = mkdtempSync(join(tmpdir(), "sluice-letter-box-"));
const servers: Server[] = [];
let sqs: EmbeddedSqs;
let serial = 0;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir });
});
afterAll(async () => {
  await sqs.stop();
  rmSync(dataDir, { recursive: true });
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function createBox(...bodies: readonly string[]) {
  const name = `letters-${++serial}`;
  const { url: queueUrl } = sqs.createQueue(name, { MessageRetentionPeriod: "86400" });
  const client = createSqsClient({ endpoint: sqs.endpoint, region, credentials });
  await createSqsQueue({ client, queueUrl }).send(bodies);
  return { name, box: createSqsLetterBox({ client, queueUrl, waitSeconds: 0 }) };
}

async function received(
  box: Awaited<ReturnType<typeof createBox>>["box"],
  hold = 60,
): Promise<readonly LetterMessage[]> {
  const answer = await box.receive(hold);
  if (answer.kind === "failed") throw new Error(answer.reason);
  return answer.messages;
}

/** A queue whose every answer is this. */
async function scripted(answer: object, status = 200) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createSqsClient({ endpoint, region, credentials, maxAttempts: 1 });
  return createSqsLetterBox({ client, queueUrl: `${endpoint}/0/letters` });
}

describe("createSqsLetterBox()", () => {
  it("receives letters with the time that their retention counts from, and hides them", async () => {
    const before = Date.now();
    const { box } = await createBox("a", "b");
    const messages = await received(box);
    expect(messages.map(({ body }) => body)).toEqual(["a", "b"]);
    for (const { sentAt } of messages) expect(sentAt - before).toBeGreaterThanOrEqual(0);
    expect(await received(box)).toEqual([]);
    expect(await box.status()).toEqual({ kind: "read", waiting: 0, inFlight: 2, retentionMs: 86_400_000 });
  });

  it("shows letters again, and removes them, more than one call takes", async () => {
    const { name, box } = await createBox(...Array.from({ length: 25 }, (_, at) => `letter ${at}`));
    const all = async () => [...(await received(box)), ...(await received(box)), ...(await received(box))];
    const handles = (await all()).map(({ receiptHandle }) => receiptHandle);
    expect(handles).toHaveLength(25);
    expect(await box.hide(handles, 0)).toEqual({ failed: new Set() });
    const again = (await all()).map(({ receiptHandle }) => receiptHandle);
    expect(again).toHaveLength(25);
    expect(await box.remove(again)).toEqual({ failed: new Set() });
    expect(sqs.bodies(name)).toEqual([]);
  });

  it("takes what is neither confirmed nor refused for failed", async () => {
    const box = await scripted({ Successful: [{ Id: "1" }], Failed: [] });
    expect((await box.remove(["a", "b", "c"])).failed).toEqual(new Set(["a", "c"]));
  });

  it("says which letters were refused, and why", async () => {
    const Failed = [{ Id: "0", Code: "ReceiptHandleIsInvalid", Message: "expired", SenderFault: true }];
    const box = await scripted({ Successful: [{ Id: "1" }], Failed });
    const reason = "sqs:ChangeMessageVisibility failed: ReceiptHandleIsInvalid, expired";
    expect(await box.hide(["a", "b"], 5)).toEqual({ failed: new Set(["a"]), reason });
  });

  it("never rejects", async () => {
    const box = await scripted({ __type: "com.amazonaws.sqs#AccessDeniedException", message: "not you" }, 403);
    const reason = expect.stringContaining("AWS refused sqs:");
    expect(await box.receive(5)).toEqual({ kind: "failed", reason });
    expect(await box.remove(["a"])).toEqual({ failed: new Set(["a"]), reason });
    expect(await box.hide(["a"], 5)).toEqual({ failed: new Set(["a"]), reason });
    expect(await box.status()).toEqual({ kind: "failed", reason });
    expect(await box.remove([])).toEqual({ failed: new Set() });
  });
});
