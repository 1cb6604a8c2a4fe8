import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { framed, grpcClient } from "../support/grpc/grpc-client.ts";
import { startGrpcServer, type TestServerOptions } from "../support/grpc/grpc-server.ts";
import { requestOf } from "../support/otlp/item-names.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const message = framed(requestOf("logs", { names: ["x"] }));

async function start(options: TestServerOptions) {
  const test = await startGrpcServer(options);
  cleanups.push(() => test.server.close(0));
  return test;
}

describe("the life of a connection", () => {
  it("ends after its time, and the call under way is finished", async () => {
    const { port } = await start({
      ageMs: 100,
      ageGraceMs: 10_000,
      accept: () => new Promise((resolve) => setTimeout(() => resolve({ kind: "accepted" }), 300)),
    });
    const client = await grpcClient(port);
    cleanups.push(() => client.close());
    const closed = once(client.session, "close");
    expect(await client.call(signals.logs.grpcPath, [message])).toMatchObject({ status: 0 });
    await closed;
  });

  it("is cut when its grace is over", async () => {
    const { port } = await start({ ageMs: 50, ageGraceMs: 50, accept: () => new Promise(() => {}) });
    const client = await grpcClient(port);
    const answer = client.call(signals.logs.grpcPath, [message]);
    expect(await answer).not.toMatchObject({ status: 0 });
  });

  it("goes on while the client answers pings", async () => {
    const { port, server } = await start({ pingMs: 20, pingTimeoutMs: 5_000 });
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    cleanups.push(() => session.destroy());
    let pings = 0;
    session.on("ping", () => pings++);
    await expect.poll(() => pings).toBeGreaterThan(3);
    expect(server.load().connections).toBe(1);
  });

  it("is cut when the client does not answer a ping", async () => {
    const { port, server } = await start({ pingMs: 20, pingTimeoutMs: 50 });
    const socket = connect(port, "127.0.0.1");
    cleanups.push(() => socket.destroy());
    // The preface and empty settings, and not a word from then on.
    socket.write(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1"));
    await expect.poll(() => server.load().connections).toBe(1);
    await once(socket.resume(), "close");
    await expect.poll(() => server.load().connections).toBe(0);
  });
});
