import { createServer, type ServerOptions } from "node:https";
import type { TLSSocket } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import type { Tls } from "../../../shared/delivery/tls.ts";
import { createHttpTransport, type HttpTransportOptions } from "../../../shared/node/http-client/http-transport.ts";
import { secret } from "../../../shared/secret.ts";
import { startConnectProxy } from "../../support/http/connect-proxy.ts";
import { listenOn } from "../../support/http/exchange.ts";
import { tlsText } from "../../support/tls-fixtures.ts";

const ca = tlsText("ca.pem");
const own = { key: tlsText("server.key"), cert: tlsText("server.pem") };
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

interface Peer {
  readonly servername: string | false;
  readonly resumed: boolean;
  readonly version: string | null;
  readonly client: unknown;
}

/** A server whose certificate is signed by `ca.pem`, and who has connected to it. */
async function serve(options: ServerOptions = {}, answer: { readonly close?: boolean } = {}) {
  const peers: Peer[] = [];
  const server = createServer({ ...own, ...options }, (request, response) => {
    const socket = request.socket as TLSSocket & { readonly servername: string | false };
    peers.push({
      servername: socket.servername,
      resumed: socket.isSessionReused(),
      version: socket.getProtocol(),
      client: socket.getPeerCertificate().subject?.CN,
    });
    request.resume();
    if (answer.close) response.setHeader("connection", "close");
    response.end("ok");
  });
  const url = await listenOn(server, "https");
  cleanups.push(() => server.close().closeAllConnections());
  return { url, peers };
}

function createPost(options: HttpTransportOptions = {}) {
  const transport = createHttpTransport(options);
  cleanups.push(() => transport.close());
  return (url: string, more: { readonly tls?: Tls; readonly proxyUrl?: string } = {}) =>
    transport.post({ url, headers: {}, body: Buffer.from("x"), ...more }, { timeoutMs: 5000 });
}

const answered = { kind: "answered", status: 200 };

describe("createHttpTransport() over TLS", () => {
  it("posts to a server whose certificate it trusts", async () => {
    const { url } = await serve();
    expect(await createPost({ ca })(url)).toMatchObject(answered);
    expect(await createPost()(url, { tls: { ca } })).toMatchObject(answered);
    expect(await createPost()(url, { tls: { insecureSkipVerify: true } })).toMatchObject(answered);
  });

  it("takes a certificate that nobody vouches for for a mistake that does not pass", async () => {
    const { url } = await serve();
    const reason = expect.stringMatching(/certificate/);
    expect(await createPost()(url)).toMatchObject({ kind: "failed", permanent: true, reason });
  });

  it.each([
    ["another name", { ca, serverName: "other.example" }],
    ["certificates that cannot be read", { ca, cert: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----" }],
  ])("takes %s for a mistake that does not pass", async (_, tls) => {
    const { url } = await serve();
    expect(await createPost()(url, { tls })).toMatchObject({ kind: "failed", permanent: true });
  });

  it("fails in plain HTTP where TLS is spoken", async () => {
    const { url } = await serve();
    expect(await createPost()(url.replace("https", "http"))).toMatchObject({ kind: "failed" });
  });

  it("names the server that is meant, by its address too, in the version that is asked for", async () => {
    const { url, peers } = await serve();
    const post = createPost();
    expect(await post(url, { tls: { ca, serverName: "localhost", minVersion: "TLSv1.3" } })).toMatchObject(answered);
    expect(await post(url, { tls: { ca } })).toMatchObject(answered);
    expect(await post(url.replace("127.0.0.1", "localhost"), { tls: { ca } })).toMatchObject(answered);
    expect(peers.map(({ servername }) => servername)).toEqual(["localhost", false, "localhost"]);
    const { url: old } = await serve({ maxVersion: "TLSv1.2" });
    expect(await post(old, { tls: { ca, minVersion: "TLSv1.3" } })).toMatchObject({ kind: "failed" });
  });

  it("shows the certificate of a client, to those for whom it is meant alone", async () => {
    const { url, peers } = await serve({ ca, requestCert: true });
    const post = createPost();
    const tls = { ca, cert: tlsText("client.pem"), key: secret(tlsText("client.key")) };
    expect(await post(url, { tls })).toMatchObject(answered);
    const { url: strict } = await serve({ ca, requestCert: true, rejectUnauthorized: true });
    expect(await post(strict, { tls: { ca } })).toMatchObject({ kind: "failed" });
    expect(peers.map(({ client }) => client)).toEqual(["sluice test client"]);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("goes on with a session on the next connection, in %s", async (version) => {
    const { url, peers } = await serve({ minVersion: version, maxVersion: version }, { close: true });
    const post = createPost();
    for (let round = 0; round < 3; round++) expect(await post(url, { tls: { ca } })).toMatchObject(answered);
    expect(peers.map(({ resumed }) => resumed)).toEqual([false, true, true]);
    // Who trusts others does not go on with what they have agreed on.
    expect(await post(url)).toMatchObject({ kind: "failed", permanent: true });
  });

  it("starts over where the server has forgotten the session", async () => {
    const options = { ticketKeys: Buffer.alloc(48, 1) };
    const { url, peers } = await serve(options, { close: true });
    const post = createPost({ ca });
    expect(await post(url)).toMatchObject(answered);
    for (const cleanup of cleanups.splice(0, 1)) cleanup();
    const port = Number(new URL(url).port);
    const second = createServer({ ...own, ticketKeys: Buffer.alloc(48, 2) }, (request, response) => {
      request.resume();
      response.end("ok");
    });
    await new Promise<void>((resolve) => second.listen(port, "127.0.0.1", resolve));
    cleanups.push(() => second.close().closeAllConnections());
    expect(await post(url)).toMatchObject(answered);
    expect(peers).toHaveLength(1);
  });
});

describe("createHttpTransport() through a proxy", () => {
  async function proxied(options: Parameters<typeof startConnectProxy>[0] = {}) {
    const proxy = await startConnectProxy(options);
    cleanups.push(() => proxy.close());
    return { asked: proxy.asked, proxyUrl: `http://me:p%40ss@127.0.0.1:${proxy.port}` };
  }

  it("asks for a tunnel to what is spoken to in TLS, and keeps it", async () => {
    const { url } = await serve();
    const { asked, proxyUrl } = await proxied();
    const post = createPost();
    for (let round = 0; round < 2; round++) expect(await post(url, { tls: { ca }, proxyUrl })).toMatchObject(answered);
    const credentials = Buffer.from("me:p@ss").toString("base64");
    expect(asked).toEqual([`CONNECT ${new URL(url).host} Basic ${credentials}`]);
  });

  it("says the whole URL of a plain request, by the environment's settings too", async () => {
    const { asked, proxyUrl } = await proxied();
    const post = createPost({ env: { HTTP_PROXY: proxyUrl, NO_PROXY: "127.0.0.1" } });
    const answer = await post("http://nowhere.invalid:4318/v1/traces");
    expect(answer.kind === "answered" && Buffer.from(answer.body).toString()).toBe("through the proxy");
    expect(asked).toEqual(["POST http://nowhere.invalid:4318/v1/traces"]);
    const { url } = await serve();
    expect(await post(url, { tls: { ca }, proxyUrl: "" })).toMatchObject(answered);
  });

  it("says what a proxy has refused, and what is not one", async () => {
    const { proxyUrl } = await proxied({ refuse: 403 });
    const post = createPost();
    const refused = await post("https://nowhere.invalid/", { proxyUrl });
    expect(refused).toMatchObject({ kind: "failed", permanent: false, reason: expect.stringMatching(/403/) });
    expect(await post("https://nowhere.invalid/", { proxyUrl: "http://127.0.0.1:1" })).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("ECONNREFUSED"),
    });
    expect(await post("http://nowhere.invalid/", { proxyUrl: "ftp://a" })).toMatchObject({
      kind: "failed",
      permanent: true,
    });
  });
});
