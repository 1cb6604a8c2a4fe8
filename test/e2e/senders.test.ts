import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";
import { framed, grpcClient } from "../support/grpc/grpc-client.ts";
import { corpusSpans } from "../support/otlp/corpus-traces.ts";
import { requestOf } from "../support/otlp/item-names.ts";

let world: DaemonWorld;

beforeAll(async () => {
  world = await createDaemonWorld();
});
afterAll(() => world.close());

const env = {
  SLUICE_SENDERS: "checkout,batch",
  SLUICE_SENDER_CHECKOUT_TOKENS: "token-of-checkout",
  SLUICE_SENDER_CHECKOUT_TENANT: "eu-1",
  SLUICE_SENDER_CHECKOUT_ATTRIBUTES: "team=payments",
  SLUICE_SENDER_BATCH_TOKENS: "token-of-batch",
  SLUICE_SENDER_BATCH_MAX_ITEMS_PER_SECOND: "40",
  SLUICE_SENDER_BATCH_BURST: "1s",
};
const names = (count: number, prefix: string) => Array.from({ length: count }, (_, at) => `${prefix} ${at}`);

describe("a sender with a name", () => {
  it("is held to its own limit, alone: a real SDK is told 429, sends again, and nothing of it is lost", async () => {
    const daemon = await world.start(env);
    const url = `http://127.0.0.1:${daemon.httpPort}${signals.traces.path}`;
    const exporterOf = (token: string) => new OTLPTraceExporter({ url, headers: { authorization: `Bearer ${token}` } });
    const send = (exporter: OTLPTraceExporter) =>
      new Promise<number>((resolve) =>
        exporter.export([...corpusSpans({ items: 64, resources: 1 })], ({ code }) => resolve(code)),
      );
    const batch = exporterOf("token-of-batch");
    expect(await send(batch)).toBe(0);
    const again = send(batch);
    const checkout = exporterOf("token-of-checkout");
    for (let each = 0; each < 5; each++) expect(await send(checkout)).toBe(0);
    expect(await again).toBe(0);
    expect(await daemon.metric("sluice_sender_limited_requests_total")).toBeGreaterThanOrEqual(1);
    expect(await daemon.metric('sluice_sender_accepted_items_total{sender="batch",signal="traces"}')).toBe(128);
    expect(await daemon.metric('sluice_sender_accepted_items_total{sender="checkout",signal="traces"}')).toBe(320);
    const limited = daemon.log.filter(({ event }) => event === "request.limited");
    expect(limited.map(({ sender }) => sender)).toEqual(limited.map(() => "batch"));
    expect(JSON.stringify(daemon.log)).not.toContain("token-of-");
    await Promise.all([batch.shutdown(), checkout.shutdown()]);
    await daemon.end("SIGTERM");
  });

  it.skipIf(!peers.telemetrygen)(
    "is told RESOURCE_EXHAUSTED, and the Go SDK sends again until all of it is taken (skipped where telemetrygen is not built)",
    async () => {
      const daemon = await world.start({ ...env, SLUICE_SENDER_BATCH_MAX_ITEMS_PER_SECOND: "600" });
      const header = 'authorization="Bearer token-of-batch"';
      const target = ["--otlp-insecure", "--otlp-endpoint", `127.0.0.1:${daemon.grpcPort}`, "--otlp-header", header];
      await promisify(execFile)(String(peers.telemetrygen), ["traces", ...target, "--traces", "400", "--rate", "0"]);
      expect(await daemon.metric('sluice_sender_accepted_items_total{sender="batch",signal="traces"}')).toBe(800);
      expect(await daemon.metric("sluice_sender_limited_requests_total")).toBeGreaterThanOrEqual(1);
      await daemon.end("SIGTERM");
    },
  );

  it("is told RESOURCE_EXHAUSTED with RetryInfo over gRPC, and its tenant and attributes reach the destination", async () => {
    const daemon = await world.start(env);
    const client = await grpcClient(daemon.grpcPort);
    const call = (token: string, count: number) => {
      const message = framed(requestOf("logs", { names: names(count, token) }));
      return client.call(signals.logs.grpcPath, [message], { authorization: `Bearer ${token}` });
    };
    expect(await call("token-of-batch", 150)).toMatchObject({ status: 0 });
    const limited = await call("token-of-batch", 1);
    expect(limited).toMatchObject({ status: 8, message: expect.stringContaining("items per second") });
    expect(limited.details?.retryAfterMs).toBeGreaterThan(0);
    expect(await call("nobody", 1)).toMatchObject({ status: 16 });
    const before = world.grafana.requests.length;
    expect(await call("token-of-checkout", 3)).toMatchObject({ status: 0 });
    const [delivered] = world.grafana.requests.slice(before);
    expect(delivered?.headers["x-scope-orgid"]).toBe("eu-1");
    expect(Buffer.from(delivered?.body ?? []).toString("latin1")).toMatch(/team[\s\S]{0,6}payments/);
    client.close();
    await daemon.end("SIGTERM");
  });

  it("has no way in that the settings do not name, and a limit that cannot be used is told at the start", async () => {
    const daemon = await world.start({ ...env, SLUICE_SENDERS: "batch" });
    const answer = await fetch(`http://127.0.0.1:${daemon.httpPort}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf", authorization: "Bearer token-of-checkout" },
      body: requestOf("logs", { names: ["x"] }),
    });
    expect(answer.status).toBe(401);
    await daemon.end("SIGTERM");
    const broken = world.start({ ...env, SLUICE_SENDER_BATCH_MAX_ITEMS_PER_SECOND: "plenty" });
    await expect(broken).rejects.toThrow(/SLUICE_SENDER_BATCH_MAX_ITEMS_PER_SECOND must be a whole number/);
  });
});
