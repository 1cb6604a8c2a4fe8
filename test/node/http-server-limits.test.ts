import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { startHttpServer, text } from "../support/http/http-server.ts";
import { rawClient } from "../support/http/raw-client.ts";

describe("createHttpServer()", () => {
  describe("bodies over the limit", () => {
    it("are refused by their declared length, before any is read", async () => {
      const { port } = await startHttpServer();
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
      expect(await client.until(/too large$/)).toContain("HTTP/1.1 413 Payload Too Large");
      client.socket.destroy();
    });

    it("are refused by what arrives when chunked", async () => {
      const { port } = await startHttpServer();
      const client = await rawClient(port);
      client.send(`POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n${"a".repeat(1001)}\r\n`);
      expect(await client.until(/too large$/)).toContain("HTTP/1.1 413");
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
    it("are answered 408 when the headers do not come", async () => {
      const { port } = await startHttpServer({ headersTimeoutMs: 100 });
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\n");
      expect(await client.closed()).toContain("HTTP/1.1 408 Request Timeout");
    });

    it("are answered 408 when the body stalls", async () => {
      const { port } = await startHttpServer({ bodyTimeoutMs: 100, drainMs: 50 });
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
      expect(await client.closed()).toContain("HTTP/1.1 408 Request Timeout");
    });

    it("are answered 408 when the body trickles", async () => {
      const { port } = await startHttpServer({ progressMs: 100, minBytesPerSecond: 100, drainMs: 50 });
      const client = await rawClient(port);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
      const timer = setInterval(() => client.send("a"), 20);
      expect(await client.closed()).toContain("HTTP/1.1 408 Request Timeout");
      clearInterval(timer);
    });
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
      const received = await client.until(/too large$/);
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
