import { createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { ExportRequest } from "../../../shared/delivery/transport.ts";
import { otlpGrpcExporter } from "../../../shared/exporters/otlp-grpc/exporter.ts";
import { createHttp2Transport, type Http2TransportOptions } from "../../../shared/node/http-client/http2-transport.ts";
import { secret } from "../../../shared/secret.ts";
import { startGrpcServer, type TestServerOptions } from "../../support/grpc/grpc-server.ts";
import { startConnectProxy } from "../../support/http/connect-proxy.ts";
import { requestOf } from "../../support/otlp/item-names.ts";
import { tlsText } from "../../support/tls-fixtures.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(options: TestServerOptions = {}) {
  const started = await startGrpcServer(options);
  cleanups.push(() => started.server.close(0));
  return started;
}

function create(options: Http2TransportOptions = {}) {
  const transport = createHttp2Transport(options);
  cleanups.push(() => transport.close());
  return transport;
}

const body = requestOf("traces", { names: ["one", "two"] });

async function send(endpoint: string, more: Partial<ExportRequest> = {}, transport = create(), timeoutMs = 3000) {
  const request = otlpGrpcExporter.request({ format: "otlp/traces", encoding: "identity", body }, endpoint);
  const answer = await transport.post({ ...request, ...more }, { timeoutMs });
  return otlpGrpcExporter.classify(answer, { format: "otlp/traces", now: 0 });
}

describe("createHttp2Transport()", () => {
  it("delivers over one connection, call after call", async () => {
    const { port, accepted } = await serve();
    const transport = create();
    for (let calls = 0; calls < 3; calls++) {
      expect(await send(`http://127.0.0.1:${port}`, {}, transport)).toEqual({ kind: "delivered", rejected: 0 });
    }
    const all = await Promise.all(Array.from({ length: 20 }, () => send(`http://127.0.0.1:${port}`, {}, transport)));
    expect(all.every(({ kind }) => kind === "delivered")).toBe(true);
    expect(accepted.map(({ items }) => items)).toEqual(Array.from({ length: 23 }, () => 2));
  });

  it("takes what is left of a deadline, a fraction of a millisecond included, as a timeout", async () => {
    const { port } = await serve();
    expect(await send(`http://127.0.0.1:${port}`, {}, create(), 2999.903)).toEqual({ kind: "delivered", rejected: 0 });
  });

  it("reads trailers: a status with its RetryInfo", async () => {
    const { port } = await serve({ accept: async () => ({ kind: "unavailable", reason: "full", retryAfterMs: 7000 }) });
    expect(await send(`http://127.0.0.1:${port}`)).toMatchObject({ kind: "retry", afterMs: 7000 });
  });

  it("secures the connection, with a certificate of its own where the server wants one", async () => {
    const tls = { cert: tlsText("server.pem"), key: tlsText("server.key"), ca: tlsText("ca.pem") };
    const { port } = await serve({ tls: { ...tls } });
    const url = `https://localhost:${port}`;
    expect(await send(url)).toMatchObject({ kind: "misconfigured", status: 0 });
    expect(await send(url, { tls: { ca: tlsText("ca.pem") } })).not.toMatchObject({ kind: "delivered" });
    const client = { ca: tlsText("ca.pem"), cert: tlsText("client.pem"), key: secret(tlsText("client.key")) };
    expect(await send(url, { tls: client })).toEqual({ kind: "delivered", rejected: 0 });
  });

  it("connects again when the server has gone away and come back", async () => {
    const first = await startGrpcServer();
    const transport = create();
    const url = `http://127.0.0.1:${first.port}`;
    expect((await send(url, {}, transport)).kind).toBe("delivered");
    await first.server.close(0);
    expect(await send(url, {}, transport)).toMatchObject({ kind: "retry" });
    const second = await startGrpcServer();
    cleanups.push(() => second.server.close(0));
    expect((await send(`http://127.0.0.1:${second.port}`, {}, transport)).kind).toBe("delivered");
  });

  it("uses every address of a name, and goes on with the others when one does not answer", async () => {
    const { port, accepted } = await serve();
    // localhost is 127.0.0.1, and often ::1, where nobody listens.
    const transport = create();
    for (let calls = 0; calls < 4; calls++) {
      expect((await send(`http://localhost:${port}`, {}, transport)).kind).toBe("delivered");
    }
    expect(accepted).toHaveLength(4);
  });

  it("gives up in time where nobody answers, and says so", async () => {
    const silent = createTcpServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => silent.close());
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : 0;
    const verdict = await send(`http://127.0.0.1:${port}`, {}, create(), 200);
    expect(verdict).toEqual({ kind: "retry", reason: "no answer within 200 ms" });
  });

  it("goes through the proxy that the environment or the destination names, and says what a proxy refused", async () => {
    const proxy = await startConnectProxy();
    cleanups.push(() => proxy.close());
    const { port } = await serve();
    const url = `http://collector.test:${port}`;
    const env = { HTTP_PROXY: `http://user:pass@127.0.0.1:${proxy.port}`, NO_PROXY: ".internal" };
    expect(await send(url, {}, create({ env }))).toEqual({ kind: "delivered", rejected: 0 });
    const proxyUrl = `http://127.0.0.1:${proxy.port}`;
    expect(await send(url, { proxyUrl })).toEqual({ kind: "delivered", rejected: 0 });
    expect(proxy.asked).toEqual([
      `CONNECT collector.test:${port} Basic ${Buffer.from("user:pass").toString("base64")}`,
      `CONNECT collector.test:${port}`,
    ]);
    const refusing = await startConnectProxy({ refuse: 407 });
    cleanups.push(() => refusing.close());
    const refused = await send(url, { proxyUrl: `http://127.0.0.1:${refusing.port}` });
    expect(refused).toMatchObject({ kind: "retry", reason: expect.stringContaining("answered 407 to CONNECT") });
  });
});
