import { describe, expect, it } from "vitest";
import type { HttpRequest } from "../../../shared/http/message.ts";
import type { HttpServerOptions } from "../../../shared/node/http-server/http-server.ts";
import { startHttpServer, text } from "../../support/http/http-server.ts";
import { rawClient } from "../../support/http/raw-client.ts";

const plain = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
const chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";

async function server(options: Partial<HttpServerOptions> = {}) {
  const bodies: Uint8Array[] = [];
  const handle = async ({ body }: HttpRequest) => {
    bodies.push(body);
    return text(200, `got ${body.length}`);
  };
  const { port } = await startHttpServer({ handle, ...options });
  return { bodies, client: await rawClient(port) };
}

describe("a large body", () => {
  const large = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
  it.each([
    ["of a declared length", `Content-Length: ${large.length}`, large],
    [
      "in chunks",
      "Transfer-Encoding: chunked",
      Buffer.concat([Buffer.from("493e0\r\n"), large, Buffer.from("\r\n0\r\n\r\n")]),
    ],
  ])("has every byte, %s, though each piece is given back as it comes", async (_, field, sent) => {
    const { bodies, client } = await server({ maxBodyBytes: 1_000_000 });
    for (let requests = 1; requests <= 3; requests += 1) {
      client.send(`POST / HTTP/1.1\r\nHost: x\r\n${field}\r\n\r\n`);
      client.socket.write(sent);
      await client.until(new RegExp(`(got 300000[^]*){${requests}}$`));
    }
    expect(bodies.map((body) => Buffer.compare(body, large))).toEqual([0, 0, 0]);
    client.socket.destroy();
  });
});

describe("a body that comes with its head", () => {
  it.each([
    ["of a declared length", plain],
    ["in chunks", chunked],
  ])("is read whole, %s, and holds no more than it may fill", async (_, request) => {
    const kept: number[] = [];
    const { bodies, client } = await server({ keep: (bytes) => kept.push(bytes) > 0 });
    client.send(request);
    expect(await client.until(/got 5$/)).toContain("HTTP/1.1 200");
    expect(bodies.map((body) => Buffer.from(body).toString())).toEqual(["hello"]);
    // Of one whose end nobody knows beforehand, a first piece of room.
    const mostBytes = request === plain ? 5 : 1000;
    expect(bodies[0]?.buffer.byteLength).toBeLessThanOrEqual(mostBytes);
    expect(kept.at(-1)).toBeLessThanOrEqual(mostBytes);
    client.socket.destroy();
  });

  it("is served in its turn, as are those behind it", async () => {
    const { bodies, client } = await server();
    client.send(plain + chunked + plain);
    await client.until(/(got 5[\s\S]*){3}$/);
    expect(bodies).toHaveLength(3);
    client.socket.destroy();
  });

  it("is refused beyond the limit, and where there is no room", async () => {
    const large = await server({ maxBodyBytes: 4 });
    large.client.send(chunked);
    expect(await large.client.closed()).toContain("HTTP/1.1 413");
    const full = await server({ keep: (bytes) => bytes !== 5 });
    full.client.send(plain);
    expect(await full.client.closed()).toContain("HTTP/1.1 503");
  });

  it("is read to its end where that comes later", async () => {
    const { bodies, client } = await server();
    client.send(plain.slice(0, -2));
    await new Promise((resolve) => setImmediate(resolve));
    client.send("lo");
    await client.until(/got 5$/);
    expect(bodies.map((body) => Buffer.from(body).toString())).toEqual(["hello"]);
    client.socket.destroy();
  });
});

describe("an answer without a body", () => {
  it("ends, and the next request is served", async () => {
    const { port } = await startHttpServer({ handle: async () => text(200, "") });
    const client = await rawClient(port);
    client.send(plain + plain);
    expect(await client.until(/(content-length: 0[\s\S]*){2}\r\n\r\n$/i)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    client.socket.destroy();
  });
});
