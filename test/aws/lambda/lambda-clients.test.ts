import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createLambdaClients } from "../../../shared/aws/lambda/lambda-clients.ts";
import { createSqsQueue } from "../../../shared/aws/sqs/sqs-queue.ts";
import { systemClock as clock } from "../../../shared/node/system-clock.ts";

const keys = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s" };

function reason(env: Readonly<Record<string, string>>) {
  const client = createLambdaClients({ env, clock, random: Math.random }).sqs({ maxAttempts: 1 });
  return createSqsQueue({ client, queueUrl: "http://127.0.0.1:1/0/q" }).send(["a"]);
}

interface Given {
  readonly own?: boolean;
  readonly all?: boolean;
  readonly ignored?: boolean;
}

/** A server that refuses and counts. */
async function startNamed(name: string) {
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    response.writeHead(400).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    name,
    address,
    calls: () => calls,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe("createLambdaClients()", () => {
  it.each([
    ["AWS_ENDPOINT_URL_SQS before AWS_ENDPOINT_URL", { own: true, all: true }, "own"],
    ["AWS_ENDPOINT_URL", { all: true }, "all"],
    ["the queue's URL", {}, "queue"],
    ["the queue's URL, when configured addresses are ignored", { own: true, all: true, ignored: true }, "queue"],
  ])("asks SQS where the environment says that it is: %s", async (_, given: Given, asked) => {
    const servers = await Promise.all(["own", "all", "queue"].map(startNamed));
    const [own, all, queue] = servers.map(({ address }) => address);
    try {
      const env = {
        AWS_REGION: "eu-west-1",
        ...keys,
        ...(given.own && { AWS_ENDPOINT_URL_SQS: `${own}/` }),
        ...(given.all && { AWS_ENDPOINT_URL: all }),
        ...(given.ignored && { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }),
      };
      const client = createLambdaClients({ env, clock, random: Math.random }).sqs({ maxAttempts: 1 });
      await createSqsQueue({ client, queueUrl: `${queue}/0/q` }).send(["a"]);
      expect(servers.filter(({ calls }) => calls() > 0).map(({ name }) => name)).toEqual([asked]);
    } finally {
      for (const { stop } of servers) stop();
    }
  });

  it.each([
    ["no region", keys, "No AWS region is set"],
    ["no credentials", { AWS_REGION: "eu-west-1" }, "No AWS credentials in the environment"],
    ["nobody there", { AWS_REGION: "eu-west-1", ...keys }, "Could not reach AWS for sqs:SendMessage (ECONNREFUSED)"],
  ])("says what is missing: %s", async (_, env, sentence) => {
    expect(await reason(env)).toMatchObject({ kind: "failed", reason: expect.stringContaining(sentence), unsent: [0] });
  });
});
