import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { askHealth } from "../../../daemon/admin/ask-health.ts";
import { tlsText } from "../../support/tls-fixtures.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const answer =
  (status: number): RequestListener =>
  (request, response) =>
    response.writeHead(status).end(`${request.url} ${status}\n`);
const material = { key: tlsText("server.key"), cert: tlsText("server.pem"), ca: tlsText("ca.pem") };

describe("askHealth()", () => {
  it.each([
    ["it answers", createServer(answer(200)), { isHealthy: true, text: "/-/ready 200\n" }],
    ["it is not ready", createServer(answer(503)), { isHealthy: false, text: "/-/ready 503\n" }],
    ["it wants a password", createServer(answer(401)), { isHealthy: true }],
    ["it speaks TLS", createSecureServer(material, answer(200)), { isHealthy: true, text: "/-/ready 200\n" }],
    ["it speaks TLS and is not ready", createSecureServer(material, answer(503)), { isHealthy: false }],
    [
      "it speaks TLS and wants a certificate",
      createSecureServer({ ...material, requestCert: true, rejectUnauthorized: true }, answer(200)),
      { isHealthy: true, text: expect.stringContaining("certificate") },
    ],
    [
      "it closes every connection",
      createTcpServer((socket) => void socket.destroy()),
      { isHealthy: false, text: expect.stringMatching(/^not healthy: /) },
    ],
    [
      "it speaks something else",
      createTcpServer((socket) => void socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.6\r\n")),
      { isHealthy: false, text: expect.stringMatching(/^not healthy: /) },
    ],
  ])("says so when %s", async (_, server, expected) => {
    expect(await askHealth(await listening(server), "/-/ready")).toMatchObject(expected);
  });

  it("is not healthy where nobody listens", async () => {
    const server = createServer(answer(200));
    const place = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await askHealth(place, "/-/ready")).toMatchObject({ isHealthy: false });
  });
});

async function listening(server: Server): Promise<{ host: string; port: number }> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}
