import { mkdtempSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../local/embedded-sqs.ts";
import { createSqsClient } from "../../shared/aws/sqs/sqs-client.ts";

const root = mkdtempSync(join(tmpdir(), "sluice-sqs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function start(dataDir = mkdtempSync(join(root, "data-"))) {
  const sqs = await startEmbeddedSqs({ dataDir });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= sqs.stop();
    return stopped;
  };
  onTestFinished(stop);
  const { url, arn } = sqs.createQueue("main", { VisibilityTimeout: "60" });
  return { sqs, url, arn, dataDir, stop, ...clientOf(sqs, url) };
}

function clientOf({ endpoint }: EmbeddedSqs, url: string) {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = createSqsClient({ endpoint, region, credentials });
  return {
    send: (...bodies: string[]) =>
      client.sdk.send(
        new SendMessageBatchCommand({
          QueueUrl: url,
          Entries: bodies.map((body, at) => ({ Id: `${at}`, MessageBody: body })),
        }),
      ),
    receive: async () =>
      (
        await client.sdk.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: 10,
            MessageSystemAttributeNames: ["ApproximateReceiveCount"],
          }),
        )
      ).Messages ?? [],
    setVisibility: (receiptHandle: string | undefined, seconds: number) =>
      client.sdk.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: url,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      ),
    remove: (receiptHandle: string | undefined) =>
      client.sdk.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receiptHandle })),
  };
}

describe("startEmbeddedSqs()", () => {
  it("listens on loopback alone", async () => {
    const { sqs } = await start();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === "IPv4" && !internal);
    expect(sqs.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const { address } of outside) {
      await expect(fetch(sqs.endpoint.replace("127.0.0.1", address))).rejects.toThrow();
    }
  });

  it("keeps what was sent when it starts again from the same directory", async () => {
    const first = await start();
    await first.send("a", "b");
    await first.stop();
    const second = await start(first.dataDir);
    expect((await second.receive()).map(({ Body }) => Body)).toEqual(["a", "b"]);
  });

  it("forgets what was deleted", async () => {
    const first = await start();
    await first.send("a", "b");
    const [message] = await first.receive();
    await first.remove(message?.ReceiptHandle);
    await first.stop();
    const second = await start(first.dataDir);
    expect((await second.receive()).map(({ Body }) => Body)).toEqual(["b"]);
  });

  it("makes messages that were in flight visible again when it starts, with their receive counts", async () => {
    const first = await start();
    await first.send("a");
    await first.receive();
    await first.stop();
    const second = await start(first.dataDir);
    const [message] = await second.receive();
    expect([message?.Body, message?.Attributes?.ApproximateReceiveCount]).toEqual(["a", "2"]);
  });

  it("keeps a message whose visibility timeout is set to 0", async () => {
    const first = await start();
    await first.send("a");
    const [message] = await first.receive();
    await first.setVisibility(message?.ReceiptHandle, 0);
    const [again] = await first.receive();
    expect([again?.Body, again?.Attributes?.ApproximateReceiveCount]).toEqual(["a", "2"]);
    await first.stop();
    const second = await start(first.dataDir);
    expect((await second.receive()).map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(["3"]);
  });

  it("moves a message that was received too often to the dead-letter queue, for good", async () => {
    const first = await start();
    const { arn } = first.sqs.createQueue("dead", {});
    first.sqs.createQueue("main", { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 }) });
    await first.send("a");
    const [message] = await first.receive();
    await first.setVisibility(message?.ReceiptHandle, 0);
    expect(await first.receive()).toEqual([]);
    await first.stop();
    const second = await start(first.dataDir);
    expect([second.sqs.bodies("main"), second.sqs.bodies("dead")]).toEqual([[], ["a"]]);
  });
});
