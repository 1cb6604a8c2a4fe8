import { describe, expect, it } from "vitest";
import type { HttpFault } from "../../../shared/http/fault.ts";
import type { HttpRequest } from "../../../shared/http/message.ts";
import { createHttpServer, type HttpServerOptions } from "../../../shared/node/http-server/http-server.ts";
import { deferred, startHttpServer, text } from "../../support/http/http-server.ts";
import { rawClient } from "../../support/http/raw-client.ts";

describe("createHttpServer()", () => {
  it("hands over method, path without the query, lower-case headers and the body", async () => {
    let seen: HttpRequest | undefined;
    const { port } = await startHttpServer({
      handle: async (request, { head }) => {
        seen = request;
        return text(200, head.target);
      },
    });
    const response = await fetch(`http://127.0.0.1:${port}/v1/traces?a=1`, {
      method: "POST",
      headers: { "X-Case": "Kept" },
      body: "hello",
    });
    expect(await response.text()).toBe("/v1/traces?a=1");
    expect(seen).toMatchObject({ method: "POST", path: "/v1/traces", headers: { "x-case": "Kept" } });
    expect(Buffer.from(seen?.body ?? []).toString()).toBe("hello");
  });

  it("sends an answer in pieces until it ends, and then serves the next request", async () => {
    async function* pieces() {
      yield Buffer.from("one ");
      yield Buffer.from("two");
    }
    const { port } = await startHttpServer({
      handle: async ({ path }) => ({ ...text(200, "zero "), ...(path === "/pieces" && { chunks: pieces() }) }),
    });
    const client = await rawClient(port);
    client.send("GET /pieces HTTP/1.1\r\nHost: x\r\n\r\nGET /whole HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await client.closed()).toMatch(
      /chunked\r\n[\s\S]*5\r\nzero \r\n4\r\none \r\n3\r\ntwo\r\n0\r\n\r\nHTTP[\s\S]*content-length: 5[\s\S]*zero $/i,
    );
  });

  it("tells who makes the pieces that the client is gone", async () => {
    const gone = deferred();
    const { port } = await startHttpServer({
      handle: async (_, { abort }) => {
        async function* pieces() {
          yield Buffer.from("one");
          await new Promise((resolve) => abort.addEventListener("abort", resolve, { once: true }));
          gone.resolve();
        }
        return { ...text(200, ""), chunks: pieces() };
      },
    });
    const stop = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: stop.signal });
    expect(Buffer.from((await response.body?.getReader().read())?.value ?? []).toString()).toBe("one");
    stop.abort();
    await gone.promise;
  });

  it("ends every connection with its answer where none may be kept", async () => {
    const { port } = await startHttpServer({ closesConnections: true });
    const client = await rawClient(port);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await client.closed()).toMatch(/connection: close/i);
  });

  it("gives up an answer that its client does not read in time", async () => {
    const { port, server } = await startHttpServer({
      handle: async () => text(200, "x".repeat(64 * 2 ** 20)),
      answerTimeoutMs: 100,
    });
    const client = await rawClient(port);
    client.socket.pause();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await expect.poll(() => server.load().requests).toBe(1);
    await expect.poll(() => server.load().connections).toBe(0);
  });

  it("takes chunked bodies", async () => {
    const { port } = await startHttpServer();
    const client = await rawClient(port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    expect(await client.until(/POST \/ 5$/)).toContain("HTTP/1.1 200 OK");
  });

  it.each([
    ["HTTP/1.0 and closes", "POST /x HTTP/1.0\r\nContent-Length: 2\r\n\r\nab", /HTTP\/1\.1 200 OK[\s\S]*POST \/x 2$/],
    ["an absolute target", "GET http://host/x?y HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /GET \/x 0$/],
    [
      "HEAD without a body",
      "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      /content-length: 8[\s\S]*\r\n\r\n$/,
    ],
  ])("answers %s", async (_, sent, expected) => {
    const { port } = await startHttpServer();
    const client = await rawClient(port);
    client.send(sent);
    expect(await client.closed()).toMatch(expected);
  });

  it.each([
    ["what is not HTTP", "hello\r\n\r\n", "400 Bad Request"],
    ["HTTP/2 without an upgrade", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400 Bad Request"],
    ["a request without Host", "GET / HTTP/1.1\r\n\r\n", "400 Bad Request"],
    [
      "two lengths",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "400 Bad Request",
    ],
    ["a broken chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400 Bad Request"],
    ["huge headers", `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(70_000)}\r\n\r\n`, "431 Request Header"],
    [
      "an unknown transfer coding",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "501 Not",
    ],
  ])("refuses %s and closes", async (_, sent, expected) => {
    const { port } = await startHttpServer();
    const client = await rawClient(port);
    client.send(sent);
    expect(await client.closed()).toContain(`HTTP/1.1 ${expected}`);
  });

  it("answers pipelined requests in order, one at a time", async () => {
    let running = 0;
    const { port } = await startHttpServer({
      handle: async ({ path }) => {
        running++;
        await new Promise((resolve) => setTimeout(resolve, path === "/1" ? 30 : 1));
        return text(200, `${path} ${running--}`);
      },
    });
    const client = await rawClient(port);
    client.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\n\r\n",
    );
    const received = await client.until(/\/3 \d$/);
    expect(received.match(/\/\d \d/g)).toEqual(["/1 1", "/2 1", "/3 1"]);
    client.socket.destroy();
  });

  it("leaves no request behind when a client pipelines and goes away", async () => {
    const gate = deferred();
    let started = 0;
    const { server, port } = await startHttpServer({
      handle: async () => {
        started++;
        await gate.promise;
        return text(200, "ok");
      },
    });
    const client = await rawClient(port);
    for (let i = 0; i < 3; i++) client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
    await expect.poll(() => started).toBe(1);
    client.socket.destroy();
    await expect.poll(() => server.load().connections).toBe(0);
    gate.resolve();
    await expect.poll(() => server.load().bytes).toBe(0);
  });

  it("combines repeated headers, or takes the last value where it is told to", async () => {
    const handle = async (request: HttpRequest) => text(200, `[${request.headers["x-a"]}]`);
    const sent = "GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n";
    const received = async (options: Partial<HttpServerOptions>) => {
      const client = await rawClient((await startHttpServer({ handle, ...options })).port);
      client.send(sent);
      return client.closed();
    };
    expect(await received({})).toContain("[1, 2]");
    expect(await received({ repeatedHeaders: "last" })).toContain("[2]");
  });

  it.each([
    ["rejects", async () => Promise.reject(new Error("boom"))],
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["answers with an impossible header", async () => text(200, "", { "x-a": "a\nb" })],
    ["answers with an impossible status", async () => text(7, "")],
  ])("answers 503 with Retry-After when the handler %s", async (_, handle) => {
    const { port } = await startHttpServer({ handle });
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  });

  it("aborts when the client goes away", async () => {
    const aborted = deferred();
    const started = deferred();
    const { port } = await startHttpServer({
      handle: async (_, { abort }) => {
        abort.addEventListener("abort", aborted.resolve);
        started.resolve();
        await aborted.promise;
        return text(200, "");
      },
    });
    const client = await rawClient(port);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await started.promise;
    client.socket.destroy();
    await aborted.promise;
  });

  it("does not abort a request that was answered", async () => {
    let signal: AbortSignal | undefined;
    const { server, port } = await startHttpServer({
      handle: async (_, { abort }) => {
        signal = abort;
        return text(200, "ok");
      },
    });
    await (await fetch(`http://127.0.0.1:${port}/`)).text();
    await server.close(0);
    expect(signal?.aborted).toBe(false);
  });

  it("rejects when the port is taken", async () => {
    const { port } = await startHttpServer();
    const other = createHttpServer({
      handle: async () => text(200, ""),
      maxBodyBytes: 1,
    });
    await expect(other.listen(port, "127.0.0.1")).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  describe("close()", () => {
    it("stops accepting and lets the request in flight finish", async () => {
      const gate = deferred();
      const started = deferred();
      const { server, port } = await startHttpServer({
        handle: async () => {
          started.resolve();
          await gate.promise;
          return text(200, "done");
        },
      });
      const pending = fetch(`http://127.0.0.1:${port}/`);
      await started.promise;
      const closing = server.close(5000);
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
      gate.resolve();
      const response = await pending;
      expect([await response.text(), response.headers.get("connection")]).toEqual(["done", "close"]);
      await closing;
    });

    it("cuts what is not done at the deadline, and aborts it", async () => {
      const started = deferred();
      let signal: AbortSignal | undefined;
      const { server, port } = await startHttpServer({
        handle: async (_, { abort }) => {
          signal = abort;
          started.resolve();
          return new Promise(() => {});
        },
      });
      const pending = fetch(`http://127.0.0.1:${port}/`).catch(() => "cut");
      await started.promise;
      await server.close(50);
      expect(await pending).toBe("cut");
      await expect.poll(() => signal?.aborted).toBe(true);
    });

    it("does not wait for idle and silent connections", async () => {
      const { server, port } = await startHttpServer();
      const silent = await rawClient(port);
      await (await fetch(`http://127.0.0.1:${port}/`)).text();
      const startedAt = performance.now();
      await server.close(10_000);
      expect(performance.now() - startedAt).toBeLessThan(2000);
      await silent.closed();
    });
  });

  it.each([
    [
      "an expectation that it does not know",
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 0\r\n\r\n",
      417,
    ],
    ["a request without Host", "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400],
    ["CONNECT", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 405],
  ])("does not let Node refuse %s without anybody knowing", async (_, sent, status) => {
    const faults: HttpFault[] = [];
    const answerFault = (fault: HttpFault) => {
      faults.push(fault);
      return text(fault.kind === "broken" ? fault.status : 500, "refused");
    };
    const client = await rawClient((await startHttpServer({ answerFault })).port);
    client.send(sent);
    expect(await client.until(/refused$/)).toContain(`HTTP/1.1 ${status} `);
    expect(faults).toMatchObject([{ kind: "broken", status }]);
    client.socket.destroy();
  });
});
