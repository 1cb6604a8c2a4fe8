import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { framed, grpcClient } from "../support/grpc/grpc-client.ts";
import { startGrpcServer, type TestServerOptions } from "../support/grpc/grpc-server.ts";
import { tlsText } from "../support/tls-fixtures.ts";

const body = Buffer.from("0a131211120f0901000000000000002a040a026869", "hex");
const path = signals.logs.grpcPath;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: TestServerOptions) {
  const test = await startGrpcServer(options);
  cleanups.push(() => test.server.close(0));
  const client = await grpcClient(test.port);
  cleanups.push(() => client.close());
  return { ...test, client };
}

describe("close()", () => {
  it("says GOAWAY, finishes calls in flight and those on their way, and refuses later ones", async () => {
    const answers: (() => void)[] = [];
    const { client, server, port } = await start({
      accept: () => new Promise((resolve) => answers.push(() => resolve({ kind: "accepted" }))),
    });
    let goaways = 0;
    client.session.on("goaway", () => goaways++);
    const inFlight = client.call(path, [framed(body)]);
    await expect.poll(() => answers.length).toBe(1);
    const closed = server.close(5000);
    await expect.poll(() => goaways).toBeGreaterThan(0);
    await expect(grpcClient(port)).rejects.toThrow();
    for (const answer of answers) answer();
    expect(await inFlight).toMatchObject({ status: 0 });
    await closed;
    expect(client.session.destroyed).toBe(true);
  });

  it("waits for nobody who never ends the handshake of TLS", async () => {
    const { server, port } = await startGrpcServer({
      tls: { key: tlsText("server.key"), cert: tlsText("server.pem") },
    });
    const silent = connect(port, "127.0.0.1");
    const ended = once(silent, "close");
    await once(silent, "connect");
    await sleep(100);
    const startedAt = performance.now();
    await server.close(400);
    expect(performance.now() - startedAt).toBeLessThan(5000);
    await ended;
  });

  it("cuts what is left at the deadline", async () => {
    const { client, server } = await start({ accept: () => new Promise(() => {}) });
    const call = client.call(path, [framed(body)]);
    await sleep(50);
    await server.close(400);
    expect(await call).toMatchObject({ status: -1 });
  });
});
