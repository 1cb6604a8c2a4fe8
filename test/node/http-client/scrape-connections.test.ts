import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createScrapeClient, type ScrapeRequest } from "../../../shared/node/http-client/scrape-client.ts";
import { tlsText } from "../../support/tls-fixtures.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Tls = Parameters<typeof createScrapeClient>[0];

/** A client, and what it gets of a server. */
async function start(server: Server, tls?: Tls) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = createScrapeClient(tls);
  closers.push(() => {
    client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const get = (more: Partial<ScrapeRequest> = {}) =>
    client.get({
      url: `http://127.0.0.1:${port}/metrics?a=b`,
      headers: {},
      timeoutMs: 5_000,
      maxBytes: 0,
      followRedirects: true,
      ...more,
    });
  return { get, port, sockets };
}

const ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nm 1\n";

/** A server that answers each request with the next of `answers`, byte for byte; without one it ends the connection. */
function raw(answers: readonly (string | Buffer)[], seen: string[] = []): Server {
  const left = [...answers];
  return createServer((socket) => {
    socket.on("data", (request) => {
      seen.push(request.toString("latin1"));
      const answer = left.shift();
      if (answer === undefined) socket.destroy();
      else socket.write(answer);
    });
  });
}

function http(listener: RequestListener): Server {
  return createHttpServer(listener);
}

describe("connections of createScrapeClient()", () => {
  it("asks with method, path, host and headers, again and again on one connection", async () => {
    const seen: string[] = [];
    const { get, port, sockets } = await start(raw([ok, ok, ok], seen));
    for (let round = 0; round < 3; round++) {
      expect(await get({ headers: { accept: "text/plain" } })).toMatchObject({
        kind: "answered",
        contentType: "text/plain",
      });
    }
    expect(seen[2]).toBe(
      `GET /metrics?a=b HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: text/plain\r\nconnection: keep-alive\r\n\r\n`,
    );
    expect(sockets.size).toBe(1);
  });

  it("opens connections for what is asked at the same time, and keeps two", async () => {
    const { get, sockets } = await start(http((_, response) => void response.end("m 1\n")));
    await Promise.all([get(), get(), get(), get()]);
    expect(sockets.size).toBe(4);
    await Promise.all([get(), get()]);
    expect(sockets.size).toBe(4);
  });

  it("replaces a connection once that ends before an answer, but not a new one", async () => {
    const seen: string[] = [];
    const server = raw([ok], seen);
    const { get, sockets } = await start(server);
    expect(await get()).toMatchObject({ kind: "answered" });
    expect(await get()).toMatchObject({ kind: "failed" });
    expect([seen.length, sockets.size]).toEqual([3, 2]);
  });

  it("takes another connection where the target has closed the idle one", async () => {
    const { get, sockets } = await start(http((_, response) => void response.end("m 1\n")));
    expect(await get()).toMatchObject({ kind: "answered" });
    for (const socket of sockets) await new Promise((resolve) => socket.once("close", resolve).destroy());
    expect(await get()).toMatchObject({ kind: "answered" });
    expect(sockets.size).toBe(2);
  });

  it.each([
    ["says so", ok.replace("Content-Type", "Connection: close\r\nContent-Type")],
    ["sends more than its answer", `${ok}HTTP/1.1 200 OK`],
    ["is of HTTP/1.0", ok.replace("1.1", "1.0")],
  ])("does not use a connection again that %s", async (_, answer) => {
    const { get, sockets } = await start(raw([answer, ok]));
    for (let round = 0; round < 2; round++) expect(await get()).toMatchObject({ kind: "answered" });
    expect(sockets.size).toBe(2);
  });

  it("reads chunks, large bodies and bodies that end with the connection", async () => {
    const text = "some_metric 1\n".repeat(200_000);
    const packed = gzipSync(text, { level: 0 });
    for (const [body, headers] of [
      [text, {}],
      [text, { "content-length": String(text.length) }],
      [packed, { "content-encoding": "gzip" }],
      [text, { connection: "close" }],
    ] as const) {
      const { get } = await start(
        http((_, response) => {
          response.useChunkedEncodingByDefault = !("connection" in headers);
          response.writeHead(200, headers).write(body.slice(0, 100_000));
          response.end(body.slice(100_000));
        }),
      );
      const got = await get();
      expect(got.kind === "answered" && Buffer.from(got.body).toString() === text).toBe(true);
    }
  });

  it("gives bodies that stay as they are while others are read", async () => {
    const { get, port } = await start(http(({ url }, response) => void response.end(`m ${url?.slice(-1)}\n`)));
    const ask = (path: string) => get({ url: `http://127.0.0.1:${port}/${path}` });
    const got = await Promise.all(["1", "2", "3"].map(ask));
    await ask("4");
    const texts = got.map((each) => each.kind === "answered" && Buffer.from(each.body).toString());
    expect(texts).toEqual(["m 1\n", "m 2\n", "m 3\n"]);
  });

  it("fails where the answer is not HTTP", async () => {
    const { get } = await start(raw(["SSH-2.0-x\r\n\r\n"]));
    expect(await get()).toMatchObject({ reason: expect.stringContaining("malformed HTTP status line") });
  });

  it("does not wait for the body of an error", async () => {
    const { get } = await start(raw(["HTTP/1.1 503 x\r\nContent-Length: 100\r\n\r\nsorry"]));
    expect(await get()).toMatchObject({ reason: "server returned HTTP status 503 Service Unavailable" });
  });

  it("sends no header that would end another one", async () => {
    const { get } = await start(raw([ok]));
    for (const headers of [{ "x-a": "b\r\nc: d" }, { "x a": "b" }, { "": "b" }]) {
      expect(await get({ headers })).toMatchObject({ reason: expect.stringContaining("invalid value of the header") });
    }
  });

  it("sends what the URL says of a user, unless a header does", async () => {
    const seen: (string | undefined)[] = [];
    const { get, port } = await start(
      http(({ headers }: IncomingMessage, response) => {
        seen.push(headers.authorization);
        response.end("m 1\n");
      }),
    );
    const url = `http://me:p%40ss@127.0.0.1:${port}/`;
    await get({ url });
    await get({ url, headers: { authorization: "Bearer x" } });
    expect(seen).toEqual([`Basic ${Buffer.from("me:p@ss").toString("base64")}`, "Bearer x"]);
  });

  it("says why it cannot connect", async () => {
    const { get, port } = await start(http(() => {}));
    for (const close of closers.splice(0)) close();
    expect(await get()).toMatchObject({ kind: "failed", reason: expect.stringContaining("ECONNREFUSED") });
    const other = await get({ url: `ftp://127.0.0.1:${port}/` });
    expect(other).toMatchObject({ reason: expect.stringContaining('unsupported protocol scheme "ftp"') });
  });

  it("speaks TLS with whom it trusts, on a connection that is kept, and with nobody else", async () => {
    const credentials = { key: tlsText("server.key"), cert: tlsText("server.pem") };
    const trusting = await start(
      createTlsServer(credentials, (_, response) => void response.end("m 1\n")),
      {
        ca: tlsText("ca.pem"),
      },
    );
    const url = `https://127.0.0.1:${trusting.port}/metrics`;
    for (let round = 0; round < 2; round++) expect(await trusting.get({ url })).toMatchObject({ kind: "answered" });
    expect(trusting.sockets.size).toBe(1);
    const { get } = await start(http(() => {}));
    expect(await get({ url })).toMatchObject({ reason: expect.stringMatching(/certificate/) });
    expect(await trusting.get()).toMatchObject({ kind: "failed" });
  });
});
