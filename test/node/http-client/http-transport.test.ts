import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpTransport, type HttpTransportOptions } from "../../../shared/node/http-client/http-transport.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  let connections = 0;
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/otlp/v1/traces`,
    connections: () => connections,
  };
}

/** A server below HTTP: `serve` gets each connection, with its number. */
async function serveTcp(handle: (socket: Socket, number: number) => void) {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
    handle(socket, sockets.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets };
}

function create(options: HttpTransportOptions = {}) {
  const transport = createHttpTransport(options);
  cleanups.push(() => transport.close());
  return transport;
}

const body = Buffer.from("request");
const post = (url: string, options: { timeoutMs?: number; abort?: AbortSignal } = {}, transport = create()) =>
  transport.post({ url, headers: { "content-type": "application/x-protobuf" }, body }, { timeoutMs: 2000, ...options });

describe("createHttpTransport()", () => {
  it("posts the body and reads the answer", async () => {
    const { url } = await serve(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      response.writeHead(503, { "retry-after": "7", "x-two": ["a", "b"] });
      response.end(`${request.method} ${request.url} ${request.headers["content-length"]} ${text}`);
    });
    const answer = await post(url);
    expect(answer).toMatchObject({ kind: "answered", status: 503, headers: { "retry-after": "7", "x-two": "a, b" } });
    expect(answer.kind === "answered" && Buffer.from(answer.body).toString()).toBe("POST /otlp/v1/traces 7 request");
  });

  it("keeps connections, and no more of them than it may", async () => {
    const { url, connections } = await serve((request, response) => {
      request.resume();
      setTimeout(() => response.end(), 5);
    });
    const transport = create({ maxSockets: 2 });
    await Promise.all(Array.from({ length: 10 }, () => post(url, {}, transport)));
    await post(url, {}, transport);
    expect(connections()).toBe(2);
  });

  it("does not follow redirects", async () => {
    const { url, connections } = await serve((_, response) =>
      response.writeHead(307, { location: "/elsewhere" }).end(),
    );
    expect(await post(url)).toMatchObject({ kind: "answered", status: 307, headers: { location: "/elsewhere" } });
    expect(connections()).toBe(1);
  });

  it("reads an answer up to its limit and does not wait for the rest", async () => {
    const { url } = await serve((_, response) => {
      response.write("x".repeat(100_000));
    });
    const answer = await post(url, {}, create({ maxAnswerBytes: 1000 }));
    expect(answer.kind === "answered" && answer.body.length).toBe(1000);
  });

  it("replaces at once a connection that was closed while it was idle", async () => {
    const answered = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    const { url, sockets } = await serveTcp((socket, number) => {
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        // The first connection dies when it is used for the second time, before a byte of the answer.
        if (number === 1 && requests === 2) socket.resetAndDestroy();
        else socket.write(answered);
      });
    });
    const transport = create();
    expect(await post(url, {}, transport)).toMatchObject({ kind: "answered", status: 200 });
    expect(await post(url, {}, transport)).toMatchObject({ kind: "answered", status: 200 });
    expect(sockets).toHaveLength(2);
  });

  it("sends a request twice at most where every connection is reset after the request was stored", async () => {
    const answered = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let stored = 0;
    let isBroken = false;
    const { url } = await serveTcp((socket) => {
      socket.on("data", () => {
        if (!isBroken) return void setTimeout(() => socket.write(answered), 20);
        stored += 1;
        return void socket.resetAndDestroy();
      });
    });
    const transport = create({ maxSockets: 8 });
    await Promise.all(Array.from({ length: 8 }, () => post(url, {}, transport)));
    isBroken = true;
    expect(await post(url, {}, transport)).toMatchObject({ kind: "failed", permanent: false });
    expect(stored).toBe(2);
  });

  it("ends an export that is answered by another protocol, which nobody asked for", async () => {
    const switching = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    const { url } = await serveTcp((socket) => socket.on("data", () => socket.write(switching)));
    const transport = create({ maxSockets: 1 });
    for (let round = 0; round < 2; round++) {
      expect(await post(url, {}, transport)).toMatchObject({ kind: "failed", reason: expect.stringContaining("101") });
    }
  });

  it("does not send again what a fresh connection lost: that may have arrived", async () => {
    const { url, sockets } = await serveTcp((socket) => socket.on("data", () => socket.resetAndDestroy()));
    expect(await post(url)).toMatchObject({
      kind: "failed",
      permanent: false,
      reason: expect.stringContaining("ECONNRESET"),
    });
    expect(sockets).toHaveLength(1);
  });

  it.each([
    ["an answer cut short", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"],
    ["an answer that is not HTTP", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["half a status line", "HTTP/1.1 2"],
  ])("fails on %s", async (_, bytes) => {
    const { url } = await serveTcp((socket) => socket.on("data", () => socket.end(bytes)));
    expect(await post(url)).toMatchObject({ kind: "failed", permanent: false });
  });

  it.each([
    ["before the answer", () => {}],
    ["inside the answer", (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")],
  ])("stops waiting %s", async (_, start) => {
    const { url } = await serveTcp((socket) => socket.on("data", () => start(socket)));
    expect(await post(url, { timeoutMs: 60 })).toEqual({
      kind: "failed",
      reason: "no answer within 60 ms",
      permanent: false,
    });
    const aborted = await post(url, { abort: AbortSignal.timeout(30) });
    expect(aborted).toMatchObject({ kind: "failed", permanent: false });
  });

  it("fails when nobody is there or the name is unknown", async () => {
    expect(await post("http://127.0.0.1:1/")).toMatchObject({
      kind: "failed",
      permanent: false,
      reason: expect.stringContaining("ECONNREFUSED"),
    });
    expect(await post("http://nowhere.invalid/")).toMatchObject({ kind: "failed", permanent: false });
  });

  it.each(["otlp", "ftp://127.0.0.1/", "http://", ""])("takes %j for a mistake that does not pass", async (url) => {
    expect(await post(url)).toMatchObject({ kind: "failed", permanent: true });
  });

  it("takes a header that HTTP does not allow for a mistake that does not pass", async () => {
    const request = { url: "http://127.0.0.1:1/", headers: { authorization: "Basic a\nb" }, body };
    expect(await create().post(request, { timeoutMs: 100 })).toMatchObject({ kind: "failed", permanent: true });
  });
});
