import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedSqs, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { createSqsQueue } from "../../../shared/aws/sqs/sqs-queue.ts";
import { createSqsReader } from "../../../shared/aws/sqs/sqs-reader.ts";
import type { ReceivedMessage } from "../../../shared/queue/queue-reader.ts";
import { sqsClients } from "../../support/aws/aws-clients.ts";
import { describeQueueReader } from "../../support/queue/queue-reader-contract.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sluice-letter-reader-"));
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

type CreateClient = (typeof sqsClients)[number][1];

async function createReader(createClient: CreateClient, ...bodies: readonly string[]) {
  const name = `letters-${++serial}`;
  const { url: queueUrl } = sqs.createQueue(name, { MessageRetentionPeriod: "86400" });
  const client = createClient({ endpoint: sqs.endpoint });
  await createSqsQueue({ client, queueUrl }).send(bodies);
  return { name, reader: createSqsReader({ client, queueUrl }) };
}

async function received(
  reader: Awaited<ReturnType<typeof createReader>>["reader"],
  leaseSeconds = 60,
): Promise<readonly ReceivedMessage[]> {
  const answer = await reader.receive({ maxMessages: 10, leaseSeconds });
  if (answer.kind === "failed") throw new Error(answer.reason);
  return answer.messages;
}

const change = (receiptHandle: string) => ({ receiptHandle, seconds: 5 });

/** A queue whose every answer is this. */
async function scripted(createClient: CreateClient, answer: object, status = 200) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createClient({ endpoint, maxAttempts: 1 });
  return createSqsReader({ client, queueUrl: `${endpoint}/0/letters` });
}

describe.each(sqsClients)("createSqsReader() through %s", (_, createClient) => {
  it("receives letters with the time that their retention counts from, and hides them", async () => {
    const before = Date.now();
    const { reader } = await createReader(createClient, "a", "b");
    const messages = await received(reader);
    expect(messages.map(({ body }) => body)).toEqual(["a", "b"]);
    for (const { sentAt } of messages) expect(sentAt - before).toBeGreaterThanOrEqual(0);
    expect(await received(reader)).toEqual([]);
    expect(await reader.status()).toEqual({ kind: "read", waiting: 0, inFlight: 2, retentionMs: 86_400_000 });
  });

  it("shows letters again, and removes them, more than one call takes", async () => {
    const { name, reader } = await createReader(createClient, ...Array.from({ length: 25 }, (_, at) => `letter ${at}`));
    const all = async () => [...(await received(reader)), ...(await received(reader)), ...(await received(reader))];
    const handles = (await all()).map(({ receiptHandle }) => receiptHandle);
    expect(handles).toHaveLength(25);
    expect(await reader.changeVisibility(handles.map((receiptHandle) => ({ receiptHandle, seconds: 0 })))).toEqual({
      failed: new Set(),
    });
    const again = (await all()).map(({ receiptHandle }) => receiptHandle);
    expect(again).toHaveLength(25);
    expect(await reader.delete(again)).toEqual({ failed: new Set() });
    expect(sqs.bodies(name)).toEqual([]);
  });

  it("takes what is neither confirmed nor refused for failed", async () => {
    const reader = await scripted(createClient, { Successful: [{ Id: "1" }], Failed: [] });
    expect((await reader.delete(["a", "b", "c"])).failed).toEqual(new Set(["a", "c"]));
  });

  it("says which letters were refused, and why", async () => {
    const Failed = [{ Id: "0", Code: "ReceiptHandleIsInvalid", Message: "expired", SenderFault: true }];
    const reader = await scripted(createClient, { Successful: [{ Id: "1" }], Failed });
    const reason = "sqs:ChangeMessageVisibility failed: ReceiptHandleIsInvalid, expired";
    expect(await reader.changeVisibility([change("a"), change("b")])).toEqual({ failed: new Set(["a"]), reason });
  });

  it("never rejects", async () => {
    const reader = await scripted(
      createClient,
      { __type: "com.amazonaws.sqs#AccessDeniedException", message: "not you" },
      403,
    );
    const reason = expect.stringContaining("AWS refused sqs:");
    expect(await reader.receive({ maxMessages: 10, leaseSeconds: 5 })).toEqual({ kind: "failed", reason });
    expect(await reader.delete(["a"])).toEqual({ failed: new Set(["a"]), reason });
    expect(await reader.changeVisibility([change("a")])).toEqual({ failed: new Set(["a"]), reason });
    expect(await reader.status()).toEqual({ kind: "failed", reason });
    expect(await reader.delete([])).toEqual({ failed: new Set() });
  });
});

for (const [name, createClient] of sqsClients) {
  describeQueueReader(`SQS through ${name}`, async () => {
    const { url: queueUrl } = sqs.createQueue(`contract-${++serial}`, {});
    const client = createClient({ endpoint: sqs.endpoint });
    return {
      queue: createSqsQueue({ client, queueUrl }),
      reader: createSqsReader({ client, queueUrl }),
      pass: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
    };
  });
}
