import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { framed, grpcClient } from "../support/grpc/grpc-client.ts";
import { startGrpcServer, type TestServer, type TestServerOptions } from "../support/grpc/grpc-server.ts";
import { rawClient } from "../support/http/raw-client.ts";
import { lengthDelimited } from "../support/otlp/wire-tree.ts";

const body = Buffer.from("0a131211120f0901000000000000002a040a026869", "hex");
const path = signals.logs.grpcPath;
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const settingsFrame = frame(4, 0, 0);
const MiB = 2 ** 20;
let test: TestServer;

async function start(options: TestServerOptions = {}): Promise<number> {
  test = await startGrpcServer(options);
  return test.port;
}

afterEach(async () => {
  await expectService();
  expect(test.crashes).toEqual([]);
  await test.server.close(0);
  expect(test.usedBytes()).toBe(0);
});

/** Whatever happened, a good client is served. */
async function expectService(): Promise<void> {
  const client = await grpcClient(test.port);
  expect(await client.call(path, [framed(body)])).toMatchObject({ status: 0 });
  client.close();
}

describe("the gRPC server survives", () => {
  it("HTTP/1.1", async () => {
    const client = await rawClient(await start());
    client.send("POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n");
    await client.closed();
  });

  it("bytes of no protocol at all", async () => {
    const client = await rawClient(await start());
    client.send(Buffer.alloc(100_000, 7));
    await client.closed();
  });

  it("a preface with nothing behind it, many times", async () => {
    const port = await start();
    const clients = await Promise.all(Array.from({ length: 50 }, () => rawClient(port)));
    for (const client of clients) client.send(preface);
    await expectService();
    for (const client of clients) client.socket.destroy();
  });

  it("a flood of PINGs whose answers are not read", async () => {
    const socket = connect(await start(), "127.0.0.1");
    socket.on("error", () => {});
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.pause();
    const pings = Buffer.concat(Array.from({ length: 1000 }, () => frame(6, 0, 0, Buffer.alloc(8))));
    socket.write(Buffer.concat([preface, settingsFrame]));
    for (let round = 0; round < 60; round++) socket.write(pings);
    setTimeout(() => socket.resume(), 300);
    await closed;
  });

  it("a flood of PINGs whose answers are read", async () => {
    const client = await rawClient(await start());
    client.send(Buffer.concat([preface, settingsFrame]));
    const pings = Buffer.concat(Array.from({ length: 100 }, () => frame(6, 0, 0, Buffer.alloc(8))));
    for (let round = 0; round < 120 && client.socket.writable; round++) {
      client.send(pings);
      await new Promise(setImmediate);
    }
    expect(await client.closed()).toContain("too_many_pings");
  });

  it("millions of empty log records in a few kilobytes of gzip", async () => {
    const port = await start({ maxMessageBytes: 64 * MiB });
    const records = lengthDelimited(1, lengthDelimited(2, Buffer.alloc(60 * MiB, "1200", "hex")));
    const client = await grpcClient(port);
    const message = framed(gzipSync(records), 1);
    const answer = await client.call(path, [message], { "grpc-encoding": "gzip" });
    const words = "The request has more than 4194304 log records and groups of them. Send smaller batches.";
    expect(answer).toMatchObject({ status: 8, message: words });
    client.close();
  });

  it("a flood of SETTINGS", async () => {
    const client = await rawClient(await start());
    client.send(Buffer.concat([preface, ...Array.from({ length: 2000 }, () => settingsFrame)]));
    await client.closed();
  });

  it("streams that are opened and reset at once, thousands of them", async () => {
    const client = await grpcClient(await start());
    for (let round = 0; round < 5000 && !client.session.destroyed; round++) {
      const { stream } = client.open(path);
      stream.close(8);
      if (round % 100 === 0) await new Promise(setImmediate);
    }
    await expect.poll(() => test.server.load().calls, { timeout: 5000 }).toBe(0);
    client.close();
  });

  it("messages that are reset in the middle", async () => {
    const client = await grpcClient(await start());
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        const { stream, reply } = client.open(path);
        stream.write(framed(Buffer.alloc(10_000), 0, 20_000));
        await new Promise(setImmediate);
        stream.close(8);
        await reply;
      }),
    );
    await expect.poll(test.usedBytes).toBe(0);
    expect(test.accepted).toEqual([]);
    client.close();
  });

  it("thousands of idle streams, which cost no memory for what they announce and are given up", async () => {
    const port = await start({ messageTimeoutMs: 6000, budgetBytes: 20 * MiB });
    const clients = await Promise.all(Array.from({ length: 10 }, () => grpcClient(port)));
    const replies = clients.flatMap((client) =>
      Array.from({ length: 250 }, () => {
        const { stream, reply } = client.open(path);
        stream.write(framed(new Uint8Array(0), 0, 10 * MiB));
        return reply;
      }),
    );
    await expect.poll(() => test.server.load().calls, { timeout: 5000 }).toBeGreaterThan(100);
    expect(test.usedBytes()).toBeLessThanOrEqual(20 * MiB);
    const statuses = new Set((await Promise.all(replies)).map(({ status }) => status));
    expect([...statuses].sort()).toEqual([14, 4]);
    for (const client of clients) client.close();
  });

  it("more streams than a connection may have", async () => {
    const client = await grpcClient(await start({ maxStreamsPerConnection: 10, accept: slowly }));
    const replies = await Promise.all(Array.from({ length: 50 }, () => client.call(path, [framed(body)])));
    expect(replies.every(({ status }) => status === 0)).toBe(true);
    client.close();
  });

  it("bombs, one after the other, without holding their content", async () => {
    const client = await grpcClient(await start({ maxMessageBytes: 4 * MiB }));
    const bomb = framed(gzipSync(Buffer.alloc(200 * MiB)), 1);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 10; round++) {
      expect(await client.call(path, [bomb], { "grpc-encoding": "gzip" })).toMatchObject({ status: 8 });
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MiB);
    client.close();
  });

  it("clients that send much more than there is memory for, and still answers every one", async () => {
    const client = await grpcClient(await start({ budgetBytes: MiB, accept: slowly }));
    const large = framed(Buffer.concat(Array.from({ length: 10_000 }, () => body)));
    const replies = await Promise.all(Array.from({ length: 40 }, () => client.call(path, [large])));
    const shed = replies.filter(({ status }) => status === 14);
    expect(replies.every(({ status }) => status === 0 || status === 14)).toBe(true);
    expect(shed.length).toBeGreaterThan(0);
    expect(shed.every(({ details }) => details?.retryAfterMs === 1500)).toBe(true);
    client.close();
  });

  it("headers beyond its limit", async () => {
    const client = await grpcClient(await start());
    const { reply } = client.open(path, { filler: "x".repeat(60_000) });
    expect((await reply).status).not.toBe(0);
    client.close();
  });
});

async function slowly() {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { kind: "accepted" } as const;
}

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
