import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import type { HttpFault } from "../../../shared/http/fault.ts";
import { startHttpServer, text } from "../../support/http/http-server.ts";
import { rawClient } from "../../support/http/raw-client.ts";

describe("createHttpServer()", () => {
  describe("bodies over the limit", () => {
    it("are refused by their declared length, before any is read", async () => {
      const { port } = await startHttpServer();
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
      expect(await client.until(/too large\.$/)).toContain("HTTP/1.1 413 Payload Too Large");
      client.socket.destroy();
    });

    it("are refused by what arrives when chunked", async () => {
      const { port } = await startHttpServer();
      const client = await rawClient(port);
      client.send(`POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n${"a".repeat(1001)}\r\n`);
      expect(await client.until(/too large\.$/)).toContain("HTTP/1.1 413");
      client.socket.destroy();
    });

    it("get their 413 even to a client that sends everything before it reads", async () => {
      const { port } = await startHttpServer();
      const status = await new Promise((resolve, reject) => {
        const outgoing = httpRequest({ port, host: "127.0.0.1", method: "POST" }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        outgoing.once("error", reject);
        outgoing.end(Buffer.alloc(20_000_000));
      });
      expect(status).toBe(413);
    });

    it("are cut when they go on past the drain limit", async () => {
      const { server, port } = await startHttpServer({ drainBytes: 100_000 });
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n");
      const timer = setInterval(() => client.send(Buffer.alloc(50_000)), 5);
      await expect.poll(() => server.load().connections).toBe(0);
      clearInterval(timer);
    });
  });

  describe("slow clients", () => {
    it("are answered 503 when the headers do not come", async () => {
      const { port } = await startHttpServer({ headersTimeoutMs: 100 });
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\n");
      expect(await client.closed()).toContain("HTTP/1.1 503");
    });

    it("are answered 503 when the body stalls", async () => {
      const { port } = await startHttpServer({ bodyTimeoutMs: 100, drainMs: 50 });
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
      expect(await client.closed()).toContain("HTTP/1.1 503");
    });

    it("are answered 503 when the body trickles", async () => {
      const { port } = await startHttpServer({ graceMs: 100, minBytesPerSecond: 100, drainMs: 50 });
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
      const timer = setInterval(() => client.send("a"), 20);
      expect(await client.closed()).toContain("HTTP/1.1 503");
      clearInterval(timer);
    });
  });

  describe("clients that are not to blame", () => {
    it("may pause a body, as long as it comes at a pace", async () => {
      const { port } = await startHttpServer({ graceMs: 400, minBytesPerSecond: 10 });
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n0123456789");
      await new Promise((resolve) => setTimeout(resolve, 500));
      client.send("0123456789");
      expect(await client.until(/POST \/ 20$/)).toContain("HTTP/1.1 200");
      client.socket.destroy();
    });

    it("are judged by what has arrived, even if the event loop was busy when it did", async () => {
      const { port } = await startHttpServer({ headersTimeoutMs: 150, bodyTimeoutMs: 150, graceMs: 150 });
      const late = await rawClient(port);
      const inBody = await rawClient(port);
      late.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n");
      inBody.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
      await new Promise((resolve) => setTimeout(resolve, 50));
      late.send("\r\nab");
      inBody.send("cd");
      // Both are complete in the kernel while this loop, which is the server's as well, does nothing for twice their time.
      for (const end = performance.now() + 400; performance.now() < end; );
      expect(await late.until(/POST \/ 2$/)).toContain("HTTP/1.1 200");
      expect(await inBody.until(/POST \/ 4$/)).toContain("HTTP/1.1 200");
      late.socket.destroy();
      inBody.socket.destroy();
    });
  });

  it("holds what it charges for, however small the chunks of a body are", async () => {
    const kept: number[] = [];
    const { port } = await startHttpServer({
      maxBodyBytes: 100_000,
      keep: (bytes) => kept.push(bytes) > 0,
      graceMs: 60_000,
    });
    const client = await rawClient(port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("1\r\na\r\n".repeat(50_000));
    client.send("0\r\n\r\n");
    expect(await client.until(/POST \/ 50000$/)).toContain("HTTP/1.1 200");
    const held = kept.reduce((sum, bytes) => sum + bytes, 0);
    expect(held).toBeGreaterThan(50_000);
    expect(held).toBeLessThan(110_000);
    expect(kept.length).toBeLessThan(20);
    client.socket.destroy();
  });

  it("closes the connection that has been idle for longest when there are too many", async () => {
    const { server, port } = await startHttpServer({ maxConnections: 2 });
    const silent = await rawClient(port);
    const used = await rawClient(port);
    used.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await used.until(/GET \/ 0$/);
    const third = await rawClient(port);
    await silent.closed();
    third.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await third.until(/GET \/ 0$/);
    await rawClient(port).then(({ socket }) => socket.destroy());
    await used.closed();
    expect(server.load().connections).toBeLessThanOrEqual(2);
    third.socket.destroy();
  });

  it.each([
    ["HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http2", "4317"],
    ["a TLS handshake", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000", "tls", "http://"],
    ["what is not HTTP", "hello\r\n\r\n", "malformed", "HTTP/1.1"],
  ])("says what is wrong with %s", async (_, sent, reason, hint) => {
    const faults: HttpFault[] = [];
    const { port } = await startHttpServer({
      answerFault: (fault) => {
        faults.push(fault);
        return text(400, "no");
      },
    });
    const client = await rawClient(port);
    client.send(Buffer.from(sent, "latin1"));
    expect(await client.closed()).toContain("HTTP/1.1 400");
    expect(faults).toEqual([
      expect.objectContaining({ kind: "broken", reason, message: expect.stringContaining(hint) }),
    ]);
  });

  describe("Expect: 100-continue", () => {
    const head = (length: number) =>
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`;

    it("is told to go on", async () => {
      const { port } = await startHttpServer();
      const client = await rawClient(port);
      client.send(head(2));
      await client.until(/100 Continue\r\n\r\n/);
      client.send("ab");
      expect(await client.until(/POST \/ 2$/)).toContain("HTTP/1.1 200 OK");
      client.socket.destroy();
    });

    it("is refused without being told to go on", async () => {
      const { port } = await startHttpServer();
      const client = await rawClient(port);
      client.send(head(5000));
      const received = await client.until(/too large\.$/);
      expect(received).toContain("413");
      expect(received).not.toContain("100 Continue");
      client.socket.destroy();
    });
  });

  it("asks admit before it reads the body", async () => {
    const asked: unknown[] = [];
    const { port } = await startHttpServer({
      admit: (declaredBytes) => {
        asked.push(declaredBytes);
        return text(503, "busy", { "retry-after": "1" });
      },
    });
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "four" });
    expect([response.status, response.headers.get("retry-after"), asked]).toEqual([503, "1", [4]]);
  });
});
