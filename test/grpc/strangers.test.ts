import { once } from "node:events";
import { connect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { framed, grpcClient } from "../support/grpc/grpc-client.ts";
import { startGrpcServer, type TestServerOptions } from "../support/grpc/grpc-server.ts";
import { tlsText } from "../support/tls-fixtures.ts";

const body = Buffer.from("0a131211120f0901000000000000002a040a026869", "hex");
const path = signals.logs.grpcPath;

async function start(options: TestServerOptions = {}) {
  const test = await startGrpcServer(options);
  onTestFinished(() => test.server.close(0));
  return test;
}

async function client(port: number, tls?: Parameters<typeof grpcClient>[1]) {
  const made = await grpcClient(port, tls);
  onTestFinished(() => made.close());
  return made;
}

describe("createGrpcServer(), with strangers", () => {
  it("charges every open call, with its headers, and gives the room back", async () => {
    const { port, usedBytes } = await start();
    const { open } = await client(port);
    const opened = Array.from({ length: 10 }, () => open(path, { "x-filler": "a".repeat(1000) }));
    await expect.poll(usedBytes).toBeGreaterThan(10 * (8192 + 2000));
    expect(usedBytes()).toBeLessThan(200_000);
    for (const { stream } of opened) stream.close();
    await expect.poll(usedBytes).toBe(0);
  });

  it("asks for another try when there is no room for one more call", async () => {
    const { port } = await start({ budgetBytes: 20_000 });
    const { open, call } = await client(port);
    open(path);
    open(path);
    expect(await call(path, [framed(body)])).toMatchObject({ status: 14, details: { retryAfterMs: 1500 } });
  });

  it("gives up a client that does not read its answer", async () => {
    const { port, server } = await start({ answerTimeoutMs: 100 });
    const { session, open } = await client(port);
    session.setLocalWindowSize(0);
    const { stream } = open(path);
    stream.pause();
    stream.end(framed(Buffer.alloc(0)));
    await expect.poll(() => server.load().calls, { timeout: 5000 }).toBe(0);
  });

  it("closes the connection that has been silent for longest when there are too many", async () => {
    const { port } = await start({ maxConnections: 2 });
    const silent = await client(port);
    const used = await client(port);
    expect(await used.call(path, [framed(body)])).toMatchObject({ status: 0 });
    const third = await client(port);
    await once(silent.session, "close");
    expect(await third.call(path, [framed(body)])).toMatchObject({ status: 0 });
    expect(await used.call(path, [framed(body)])).toMatchObject({ status: 0 });
  });

  it("closes a connection without calls after a while", async () => {
    const { port } = await start({ idleMs: 100 });
    const { session } = await client(port);
    await once(session, "close");
  });

  it.each([
    ["HTTP/1", "POST /v1/traces HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a TLS handshake", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003 and then some more of it"],
  ])("says that %s came to the port of gRPC", async (_, sent) => {
    const broken: string[] = [];
    const { port } = await start({ onBroken: (reason, message) => void broken.push(reason, message) });
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.resume().write(Buffer.from(sent, "latin1"));
    await once(socket, "close");
    expect(broken).toEqual(["http1", expect.stringContaining("4318")]);
  });

  it("does not wait, at the end, for a TLS client that did not offer HTTP/2", async () => {
    const broken: string[] = [];
    const { server, port } = await start({
      tls: { key: tlsText("server.key"), cert: tlsText("server.pem") },
      onBroken: (reason) => void broken.push(reason),
    });
    const socket = tlsConnect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    socket.on("error", () => {});
    socket.once("secureConnect", () => socket.write("hello"));
    await once(socket, "close");
    const startedAt = performance.now();
    await server.close(5000);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(broken).toEqual(["alpn"]);
  });

  it("ends the call alone, not its connection, whose body is longer than its content-length", async () => {
    const { port } = await start();
    const { call, open } = await client(port);
    const { stream, reply } = open(path, { "content-length": "5" });
    stream.end(framed(body));
    expect((await reply).status).not.toBe(0);
    expect(await call(path, [framed(body)])).toMatchObject({ status: 0 });
  });
});
