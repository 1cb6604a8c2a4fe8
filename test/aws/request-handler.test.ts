import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import { requestHandlerOf } from "../../shared/aws/request-handler.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A proxy that lets nothing through, and what it was asked for. */
async function startProxy() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(503).end();
  });
  server.on("connect", ({ url }, socket) => {
    asked.push(`CONNECT ${url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  const address = server.address();
  return { asked, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
}

/** Sends to an endpoint that is not there, with an environment. */
async function send(endpoint: string, env: Readonly<Record<string, string>>): Promise<void> {
  const client = new SQSClient({
    endpoint,
    region: "eu-west-2",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
    requestHandler: requestHandlerOf({ connectionTimeout: 1000, requestTimeout: 1000 }, env),
  });
  const entries = [{ Id: "1", MessageBody: "x" }];
  await client.send(new SendMessageBatchCommand({ QueueUrl: `${endpoint}/1/q`, Entries: entries })).catch(() => {});
  client.destroy();
}

describe("requestHandlerOf()", () => {
  it("goes through the proxy that the environment names", async () => {
    const { asked, url } = await startProxy();
    await send("https://sqs.invalid", { HTTPS_PROXY: url });
    await send("http://sqs.invalid", { http_proxy: url });
    expect(asked).toEqual(["CONNECT sqs.invalid:443", "POST http://sqs.invalid/"]);
  });

  it("goes around it where the environment says so", async () => {
    const { asked, url } = await startProxy();
    await send("https://sqs.invalid", { HTTPS_PROXY: url, NO_PROXY: ".invalid" });
    await send("https://sqs.invalid", { HTTP_PROXY: url });
    expect(asked).toEqual([]);
  });
});
