import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startHttpServer } from "../../support/http/http-server.ts";
import { rawClient } from "../../support/http/raw-client.ts";

const pieces = fc.constantFrom(
  "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nabc",
  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
  "5\r\nabcde\r\n",
  "0\r\n\r\n",
  "Content-Length: 9\r\n",
  "\r\n",
  "\u0000",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
);

describe("createHttpServer()", () => {
  it("outlives whatever is sent, holds nothing of it, and still serves", async () => {
    const { server, port } = await startHttpServer({ bodyTimeoutMs: 200, headersTimeoutMs: 200, drainMs: 50 });
    const sequences = fc.array(fc.oneof(pieces, fc.string({ maxLength: 50 })), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sequences, fc.boolean(), async (sent, halfClose) => {
        const client = await rawClient(port);
        for (const piece of sent) client.send(Buffer.from(piece, "latin1"));
        if (halfClose) client.socket.end();
        else client.socket.destroy();
        expect(await (await fetch(`http://127.0.0.1:${port}/alive`)).text()).toBe("GET /alive 0");
      }),
      { numRuns: 200, seed: 1 },
    );
    await expect.poll(() => server.load().bytes, { timeout: 5000 }).toBe(0);
    await expect.poll(() => server.load().requests, { timeout: 5000 }).toBe(0);
  });
});
