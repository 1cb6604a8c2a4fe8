import { describe, expect, it, onTestFinished } from "vitest";
import { createGrpcReceiver, createHttpReceiver } from "../../../daemon/ingress/otlp-servers.ts";
import { createServerHost } from "../../../daemon/ingress/server-host.ts";
import type { Acceptance, ReceivedRequest } from "../../../shared/batch/accept.ts";
import { createBudget } from "../../../shared/commit/budget.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import { framed, grpcClient } from "../../support/grpc/grpc-client.ts";
import { requestOf } from "../../support/otlp/item-names.ts";

const limitBytes = 2 ** 20;

/** The daemon's two ways in, with little memory, before something that answers when it is told to. */
async function start() {
  const budget = createBudget(limitBytes);
  const waiting: ((acceptance: Acceptance) => void)[] = [];
  const { health, inTurn } = createServerHost();
  const options = {
    accept: (_: ReceivedRequest) => new Promise<Acceptance>((resolve) => void waiting.push(resolve)),
    auth: () => [],
    keepsMetadata: false,
    health,
    inTurn,
    budget,
    maxRequestBytes: limitBytes / 2,
    emit: () => {},
    tls: undefined,
  };
  const servers = {
    grpc: await createGrpcReceiver(options),
    http: createHttpReceiver({ ...options, corsOrigins: [], paths: new Map() }),
  };
  const [grpc, http] = await Promise.all([servers.grpc.listen(0, "127.0.0.1"), servers.http.listen(0, "127.0.0.1")]);
  onTestFinished(async () => {
    for (const answer of waiting) answer({ kind: "accepted" });
    await Promise.all([servers.grpc.close(0), servers.http.close(0)]);
  });
  return { budget, waiting, grpcPort: grpc.port, httpPort: http.port };
}

const sized = (bytes: number) => requestOf("logs", { names: ["a"], padding: "x".repeat(bytes) });

describe("one connection among others", () => {
  it("does not take the whole memory with its calls: another one's request finds room", async () => {
    const { budget, waiting, grpcPort, httpPort } = await start();
    const greedy = await grpcClient(grpcPort);
    onTestFinished(() => greedy.close());
    const calls = Array.from({ length: 40 }, () => greedy.call(signals.logs.grpcPath, [framed(sized(60_000))]));
    const refused = await Promise.race(calls);
    expect(refused).toMatchObject({ status: 14, details: { retryAfterMs: 1000 } });
    await expect.poll(() => waiting.length).toBeGreaterThan(5);
    expect(budget.used()).toBeLessThan(0.9 * limitBytes);
    const held = waiting.length;
    const body = Buffer.from(sized(100_000));
    const headers = { "content-type": "application/x-protobuf" };
    const other = fetch(`http://127.0.0.1:${httpPort}/v1/logs`, { method: "POST", headers, body });
    await expect.poll(() => waiting.length).toBeGreaterThan(held);
    waiting.at(-1)?.({ kind: "accepted" });
    expect((await other).status).toBe(200);
  });

  it("is charged once for a plain body: the largest request that is allowed finds room", async () => {
    const { budget, waiting, httpPort } = await start();
    const body = Buffer.from(sized(limitBytes / 2 - 1000));
    const headers = { "content-type": "application/x-protobuf" };
    const answer = fetch(`http://127.0.0.1:${httpPort}/v1/logs`, { method: "POST", headers, body });
    await expect.poll(() => waiting.length).toBe(1);
    expect(budget.used()).toBeLessThan(0.6 * limitBytes);
    waiting[0]?.({ kind: "accepted" });
    expect((await answer).status).toBe(200);
    await expect.poll(budget.used).toBe(0);
  });
});
