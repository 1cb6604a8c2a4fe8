import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedSqs, startEmbeddedSqs } from "../../../local/embedded-sqs.ts";
import { createSqsQueue } from "../../../shared/aws/sqs/sqs-queue.ts";
import { sqsClients } from "../../support/aws/aws-clients.ts";
import { describeQueue } from "../../support/queue/queue-contract.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sluice-sqs-"));
let sqs: EmbeddedSqs;
let serial = 0;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir });
});

afterAll(async () => {
  await sqs.stop();
  rmSync(dataDir, { recursive: true });
});

for (const [name, createClient] of sqsClients) {
  describeQueue(`SQS through ${name}`, async () => {
    const name = `queue-${++serial}`;
    const { url: queueUrl } = sqs.createQueue(name, { VisibilityTimeout: "30" });
    const queue = createSqsQueue({ client: createClient({ endpoint: sqs.endpoint }), queueUrl });
    return { queue, bodies: () => sqs.bodies(name) };
  });
}

type Answer = (
  entries: { Id: string; MessageBody: string }[],
  call: number,
) => { status?: number; body: object } | "hang";
const servers: Server[] = [];

/** An SQS endpoint that answers as told, and counts its calls. */
async function startScripted(answer: Answer) {
  const calls: { Id: string; MessageBody: string }[][] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const entries = JSON.parse(text).Entries;
    calls.push(entries);
    const given = answer(entries, calls.length);
    if (given === "hang") return;
    response.writeHead(given.status ?? 200, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify(given.body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { calls, endpoint, queueUrl: `${endpoint}/000000000000/queue` };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const successful = (entries: { Id: string; MessageBody: string }[]) =>
  entries.map(({ Id, MessageBody }) => {
    return { Id, MessageId: `m${Id}`, MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") };
  });
const failure = (Id: string, SenderFault: boolean) => ({
  Id,
  SenderFault,
  Code: SenderFault ? "InvalidMessageContents" : "InternalError",
});

describe.each(sqsClients)("createSqsQueue() through %s", (_, createClient) => {
  it("sends entries that fail in a passing way once more, and only those", async () => {
    const { calls, endpoint, queueUrl } = await startScripted((entries, call) => {
      if (call > 1) return { body: { Successful: successful(entries), Failed: [] } };
      return { body: { Successful: successful(entries.slice(1)), Failed: [failure("0", false)] } };
    });
    const queue = createSqsQueue({ client: createClient({ endpoint }), queueUrl });
    expect(await queue.send(["a", "b", "c"])).toEqual({ kind: "sent" });
    expect(calls.map((entries) => entries.map(({ MessageBody }) => MessageBody))).toEqual([["a", "b", "c"], ["a"]]);
  });

  it("says which bodies were not taken", async () => {
    const { calls, endpoint, queueUrl } = await startScripted((entries) => ({
      body: {
        Successful: successful(entries.filter(({ MessageBody }) => !MessageBody.startsWith("bad"))),
        Failed: entries
          .filter(({ MessageBody }) => MessageBody.startsWith("bad"))
          .map(({ Id, MessageBody }) => failure(Id, MessageBody === "bad sender")),
      },
    }));
    const queue = createSqsQueue({ client: createClient({ endpoint }), queueUrl });
    const outcome = await queue.send(["a", "bad sender", "b", "bad server"]);
    expect(outcome).toMatchObject({ kind: "failed", reason: expect.stringContaining("InvalidMessageContents") });
    expect(outcome.kind === "failed" && [...outcome.unsent].sort()).toEqual([1, 3]);
    expect(calls).toHaveLength(2);
  });

  it("takes an entry that is neither confirmed nor refused for unsent", async () => {
    const { endpoint, queueUrl } = await startScripted((entries) => ({
      body: { Successful: successful(entries.filter(({ MessageBody }) => MessageBody === "a")) },
    }));
    const queue = createSqsQueue({ client: createClient({ endpoint }), queueUrl });
    expect(await queue.send(["a", "b"])).toMatchObject({ kind: "failed", unsent: [1] });
  });

  it("takes an entry whose checksum is not that of its body for unsent", async () => {
    const { endpoint, queueUrl } = await startScripted((entries) => ({
      body: { Successful: successful(entries.map(({ Id }) => ({ Id, MessageBody: "changed" }))) },
    }));
    const queue = createSqsQueue({ client: createClient({ endpoint }), queueUrl });
    expect(await queue.send(["a"])).toMatchObject({ kind: "failed", unsent: [0] });
  });

  it.each([
    ["throttles", { status: 400, body: { __type: "com.amazonaws.sqs#RequestThrottled", message: "slow down" } }],
    ["fails", { status: 500, body: { __type: "com.amazonaws.sqs#InternalError" } }],
    ["refuses", { status: 403, body: { __type: "com.amazonaws.sqs#AccessDeniedException", message: "not you" } }],
  ])("says that nothing was sent when SQS %s", async (_, answer) => {
    const { endpoint, queueUrl } = await startScripted(() => answer);
    const queue = createSqsQueue({ client: createClient({ endpoint, maxAttempts: 2 }), queueUrl });
    expect(await queue.send(["a", "b"])).toMatchObject({ kind: "failed", unsent: [0, 1] });
  });

  it("takes what is under way when the wait is ended for unsent, though it may have arrived, and begins nothing more", async () => {
    const { calls, endpoint, queueUrl } = await startScripted(() => "hang");
    const queue = createSqsQueue({ client: createClient({ endpoint }), queueUrl });
    const bodies = Array.from({ length: 41 }, (_, index) => `${index}`);
    expect(await queue.send(bodies, AbortSignal.timeout(200))).toMatchObject({
      kind: "failed",
      unsent: bodies.map(Number),
    });
    expect(calls).toHaveLength(4);
  });

  it("does not wait longer than it is told", async () => {
    const { endpoint, queueUrl } = await startScripted(() => "hang");
    const queue = createSqsQueue({ client: createClient({ endpoint }), queueUrl, timeoutMs: 100 });
    expect(await queue.send(["a"])).toMatchObject({ kind: "failed", unsent: [0] });
    const patient = createSqsQueue({ client: createClient({ endpoint }), queueUrl });
    expect(await patient.send(["a"], AbortSignal.timeout(50))).toMatchObject({ kind: "failed", unsent: [0] });
  });

  it("says that nothing was sent when nobody is there", async () => {
    const client = createClient({ endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
    const queue = createSqsQueue({ client, queueUrl: "http://127.0.0.1:1/000000000000/queue" });
    expect(await queue.send(["a"])).toMatchObject({ kind: "failed", unsent: [0] });
  });
});
