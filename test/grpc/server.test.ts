import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { healthPaths } from "../../shared/grpc/health.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { type SignalName, signalNames } from "../../shared/signal.ts";
import { framed, type GrpcClient, grpcClient } from "../support/grpc/grpc-client.ts";
import { startGrpcServer, type TestServer, type TestServerOptions } from "../support/grpc/grpc-server.ts";

const hex = (text: string) => Buffer.from(text, "hex");
const bodies: Readonly<Record<SignalName, Buffer>> = {
  traces: hex(
    "0a3a0a150a130a0c736572766963652e6e616d6512030a01781221121f0a105b8efff798038103d269b633813fc60c1208eee19b7ec3c1b1742a0161",
  ),
  metrics: hex("0a1d121b12190a01672a140a1219e803000000000000310100000000000000"),
  logs: hex("0a131211120f0901000000000000002a040a026869"),
};
const body = bodies.traces;
const path = signals.traces.grpcPath;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: TestServerOptions = {}): Promise<TestServer & { client: GrpcClient }> {
  const test = await startGrpcServer(options);
  cleanups.push(() => test.server.close(0));
  const client = await grpcClient(test.port);
  cleanups.push(() => client.close());
  return { ...test, client };
}

describe("Export", () => {
  it.each(signalNames)("takes %s and answers an empty message and status 0", async (name) => {
    const { client, accepted } = await start();
    const reply = await client.call(signals[name].grpcPath, [framed(bodies[name])]);
    expect(reply).toMatchObject({ httpStatus: 200, status: 0, body: hex("0000000000"), trailersOnly: false });
    expect(accepted).toMatchObject([
      { clientAddress: "127.0.0.1", format: `otlp/${name}`, items: 1, bytes: bodies[name] },
    ]);
  });

  it("takes an empty request", async () => {
    const { client } = await start();
    expect(await client.call(path, [hex("0000000000")])).toMatchObject({ status: 0 });
  });

  it("takes gzip and hands on the member as it came", async () => {
    const { client, accepted } = await start();
    const member = gzipSync(body);
    expect(await client.call(path, [framed(member, 1)], { "grpc-encoding": "gzip" })).toMatchObject({ status: 0 });
    expect(accepted).toMatchObject([
      { clientAddress: "127.0.0.1", format: "otlp/traces", items: 1, bytes: body, gzip: member },
    ]);
  });

  it.each(["application/grpc+proto", "application/grpc; charset=utf-8", "Application/gRPC"])(
    "takes %s",
    async (type) => {
      const { client } = await start();
      expect(await client.call(path, [framed(body)], { "content-type": type })).toMatchObject({ status: 0 });
    },
  );

  it("reads a message cut into single bytes", async () => {
    const { client, accepted } = await start();
    const bytes = [...framed(body)].map((byte) => Uint8Array.of(byte));
    expect(await client.call(path, bytes)).toMatchObject({ status: 0 });
    expect(accepted[0]?.bytes).toEqual(body);
  });

  it("takes messages above the 4 MiB of gRPC libraries, up to its limit", async () => {
    const { client, accepted } = await start();
    const large = Buffer.concat(Array.from({ length: 100_000 }, () => body));
    expect(await client.call(path, [framed(large)])).toMatchObject({ status: 0 });
    expect(accepted[0]).toMatchObject({ items: 100_000 });
  });

  it("tells what was left out as partial success", async () => {
    const rejected = { items: 1, message: "hello" };
    const { client } = await start({ accept: async () => ({ kind: "accepted", rejected }) });
    const reply = await client.call(path, [framed(body)]);
    expect(reply).toMatchObject({ status: 0, body: framed(hex("0a090801120568656c6c6f")) });
  });

  it("asks the client to send again, with RetryInfo, when the sink is unavailable", async () => {
    const accept = async () => ({ kind: "unavailable", reason: "queue down", retryAfterMs: 5000 }) as const;
    const { client, events } = await start({ accept });
    const reply = await client.call(path, [framed(body)]);
    expect(reply).toMatchObject({ status: 14, trailersOnly: true, details: { code: 14, retryAfterMs: 5000 } });
    expect(events).toMatchObject([{ name: "request.unavailable", fields: { retryAfterMs: 5000 } }]);
  });

  it("keeps serving when the sink breaks its promise never to reject", async () => {
    const { client, crashes } = await start({ accept: () => Promise.reject(new Error("bug")) });
    expect(await client.call(path, [framed(body)])).toMatchObject({ status: 14, details: { retryAfterMs: 1500 } });
    expect(crashes).toHaveLength(1);
  });
});

describe("refusals", () => {
  const gzip = { "grpc-encoding": "gzip" };
  it.each([
    ["undecodable protobuf", [framed(hex("80"))], {}, 3],
    ["a trace_id of 15 bytes", [framed(hex("0a15121312110a0f5b8efff798038103d269b633813fc6"))], {}, 3],
    ["corrupt gzip", [framed(hex("1f8b0800000000000003ffffffff"), 1)], gzip, 13],
    ["truncated gzip", [framed(gzipSync(body).subarray(0, -4), 1)], gzip, 13],
    ["flag 1 without grpc-encoding", [framed(gzipSync(body), 1)], {}, 13],
    ["flag 2", [framed(body, 2)], {}, 13],
    ["an unsupported encoding", [framed(body, 1)], { "grpc-encoding": "br" }, 12],
    ["a length prefix of 4 GiB", [hex("00ffffffff")], {}, 8],
    ["a message of more bytes than announced", [framed(body, 0, 10)], {}, 12],
    ["a message of fewer bytes than announced", [framed(body, 0, 100)], {}, 13],
    ["no message", [], {}, 12],
    ["two messages", [framed(body), framed(body)], {}, 12],
    ["GET", [], { ":method": "GET" }, 12],
    ["gzip that decompresses beyond the limit", [framed(gzipSync(Buffer.alloc(2_000_000)), 1)], gzip, 8],
  ])("answers %s with a status that is not retried", async (_, chunks, headers, code) => {
    const { client, accepted, usedBytes } = await start({ maxMessageBytes: 1_000_000 });
    const reply = await client.call(path, chunks, headers);
    expect(reply).toMatchObject({ httpStatus: 200, status: code, trailersOnly: true });
    expect(reply.message).toMatch(/.{10}/);
    expect(reply.details?.retryAfterMs).toBeUndefined();
    expect(accepted).toEqual([]);
    expect(usedBytes()).toBe(0);
    expect(await client.call(path, [framed(body)])).toMatchObject({ status: 0 });
  });

  it.each(["/opentelemetry.proto.collector.trace.v1.TraceService/Import", "/nobody/Export", path.toLowerCase(), "/"])(
    "answers the unknown method %s with UNIMPLEMENTED, trailers only",
    async (unknown) => {
      const { client } = await start();
      expect(await client.call(unknown, [framed(body)])).toMatchObject({
        httpStatus: 200,
        status: 12,
        trailersOnly: true,
      });
    },
  );

  it.each(["application/json", "text/plain", "application/grpc+json"])(
    "answers content-type %s with 415",
    async (type) => {
      const { client } = await start();
      expect(await client.call(path, [framed(body)], { "content-type": type })).toMatchObject({ httpStatus: 415 });
    },
  );

  it("names the field that is wrong", async () => {
    const { client } = await start();
    const { details } = await client.call(path, [framed(hex("0a15121312110a0f5b8efff798038103d269b633813fc6"))]);
    expect(details?.violations?.[0]?.field).toContain("trace_id");
  });

  it("tells a client that is still sending, and stops it", async () => {
    const { client } = await start({ maxMessageBytes: 1000 });
    const { stream, reply } = client.open(path);
    stream.write(framed(Buffer.alloc(500_000)));
    expect(await reply).toMatchObject({ status: 8 });
    expect(stream.destroyed).toBe(true);
  });
});

describe("limits", () => {
  it("turns a message away, to be sent again, before it is read when memory is short", async () => {
    const { client, accepted, usedBytes } = await start({ budgetBytes: 100_000 });
    const { stream, reply } = client.open(path);
    stream.write(framed(new Uint8Array(10), 0, 200_000));
    expect(await reply).toMatchObject({ status: 14, details: { retryAfterMs: 1500 } });
    expect(accepted).toEqual([]);
    expect(usedBytes()).toBe(0);
  });

  it("answers DEADLINE_EXCEEDED when the client's deadline passes", async () => {
    const aborted: unknown[] = [];
    const { client } = await start({
      accept: (_, abort) => new Promise(() => abort?.addEventListener("abort", () => aborted.push(abort.reason))),
    });
    expect(await client.call(path, [framed(body)], { "grpc-timeout": "50m" })).toMatchObject({ status: 4 });
    expect(aborted).toHaveLength(1);
  });

  it("gives up on a message that does not arrive", async () => {
    const { client, usedBytes } = await start({ messageTimeoutMs: 50 });
    const { stream, reply } = client.open(path);
    stream.write(framed(body, 0, 1000));
    expect(await reply).toMatchObject({ status: 4 });
    expect(usedBytes()).toBe(0);
  });

  it("forgets a message whose stream is reset", async () => {
    const { client, accepted, usedBytes } = await start();
    const { stream, reply } = client.open(path);
    stream.write(framed(body, 0, 1000));
    await expect.poll(usedBytes).toBeGreaterThan(0);
    stream.close(8);
    await reply;
    await expect.poll(usedBytes).toBe(0);
    expect(accepted).toEqual([]);
  });
});

describe("Health", () => {
  const watching = async (client: GrpcClient) => {
    const { stream, reply } = client.open(healthPaths.watch);
    const seen: string[] = [];
    stream.on("data", (chunk: Buffer) => seen.push(chunk.toString("hex")));
    stream.end(hex("0000000000"));
    return { seen, reply };
  };

  it("answers Check", async () => {
    const { client, health } = await start();
    const check = () => client.call(healthPaths.check, [hex("0000000000")]);
    expect(await check()).toMatchObject({ status: 0, body: hex("00000000020801") });
    health.set(false);
    expect(await check()).toMatchObject({ status: 0, body: hex("00000000020802") });
    expect(await client.call(healthPaths.check, [framed(hex("0a0178"))])).toMatchObject({ status: 5 });
  });

  it("streams changes to Watch", async () => {
    const { client, health } = await start();
    const { seen } = await watching(client);
    await expect.poll(() => seen).toEqual(["00000000020801"]);
    health.set(false);
    await expect.poll(() => seen).toEqual(["00000000020801", "00000000020802"]);
  });

  it("holds no memory for a Watch that goes on, and reads no long request for one", async () => {
    const { client, usedBytes } = await start();
    const { stream } = client.open(healthPaths.watch);
    stream.end(framed(new Uint8Array(0x100)));
    const answered = await new Promise<Buffer>((resolve) => stream.once("data", resolve));
    expect(answered.toString("hex")).toBe("00000000020803");
    expect(usedBytes()).toBe(0);
    for (const path of [healthPaths.watch, healthPaths.check]) {
      expect(await client.call(path, [framed(new Uint8Array(100_000))])).toMatchObject({ status: 8 });
    }
  });

  it("ends Watch when the server closes", async () => {
    const { client, server } = await start();
    const { seen, reply } = await watching(client);
    await expect.poll(() => seen.length).toBe(1);
    await server.close(5000);
    expect(await reply).toMatchObject({ status: 14 });
  });
});

describe("keepalive", () => {
  it("answers PINGs without a call, and keeps the connection", async () => {
    const { client } = await start();
    for (let pings = 0; pings < 50; pings++) {
      await new Promise<void>((resolve, reject) => {
        client.session.ping((error) => (error ? reject(error) : resolve()));
      });
    }
    expect(await client.call(path, [framed(body)])).toMatchObject({ status: 0 });
  });
});
