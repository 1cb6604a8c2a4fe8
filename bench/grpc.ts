// Server CPU per OTLP/gRPC export: our framing on node:http2 against @grpc/grpc-js with raw-bytes handlers, both doing
// the same scan. Fresh processes, order alternated, medians.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { gzipSync } from "node:zlib";
import * as grpc from "@grpc/grpc-js";
import type { Accept } from "../shared/batch/accept.ts";
import { createBudget } from "../shared/commit/budget.ts";
import { decodeContent } from "../shared/compression/content-encoding.ts";
import { createHealth } from "../shared/grpc/health.ts";
import { createGrpcServer } from "../shared/node/grpc-server/grpc-server.ts";
import { otlpServices, signals } from "../shared/otlp/signals.ts";
import { createReceive } from "../shared/receivers/otlp-grpc/receive.ts";
import { scan } from "../shared/wire/scan.ts";
import { tracesRequest } from "./daemon/payload.ts";
import { printUsageIfAsked } from "./usage.ts";

const kinds = ["http2", "grpc-js"] as const;
const codings = ["plain", "gzip"] as const;
const maxMessageBytes = 64 * 1024 * 1024;
const accept: Accept = () => Promise.resolve({ kind: "accepted" });

printUsageIfAsked("Usage: node bench/grpc.ts [SECONDS]\n\nSECONDS of each measurement; default 3.");
const [role = "3", kind] = process.argv.slice(2);
if (role === "server") await serve(kind ?? "");
else await compare(Number(role) * 1000);

async function compare(roundMs: number): Promise<void> {
  const body = tracesRequest(512);
  process.stdout.write(`${body.length} bytes, ${gzipSync(body, { level: 6 }).length} gzip\n`);
  for (const coding of codings) {
    const micros: Record<string, number[]> = { http2: [], "grpc-js": [] };
    for (let round = 0; round < 3; round++) {
      for (const each of round % 2 ? kinds : kinds.toReversed())
        micros[each]?.push(await measure(each, coding, body, roundMs));
    }
    for (const each of kinds) {
      const sorted = (micros[each] ?? []).sort((a, b) => a - b);
      process.stdout.write(
        `${coding} ${each}: ${sorted[1]?.toFixed(0)} µs of server CPU a request (${sorted.map((m) => m.toFixed(0)).join(", ")})\n`,
      );
    }
  }
}

async function measure(each: string, coding: string, body: Uint8Array, roundMs: number): Promise<number> {
  const server = fork(import.meta.filename, ["server", each]);
  const [port] = (await once(server, "message")) as [number];
  const options = coding === "gzip" ? { "grpc.default_compression_algorithm": 2 } : {};
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
  const { grpcPath } = signals.traces;
  const raw = (bytes: Buffer) => bytes;
  const payload = Buffer.from(body);
  const call = () =>
    new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(grpcPath, raw, raw, payload, (error) => (error ? reject(error) : resolve()));
    });
  await run(500);
  const before = await cpu(server);
  const requests = await run(roundMs);
  const after = await cpu(server);
  client.close();
  server.kill();
  return (after - before) / requests;

  async function run(ms: number): Promise<number> {
    const end = performance.now() + ms;
    let done = 0;
    const worker = async () => {
      while (performance.now() < end) {
        await call();
        done++;
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return done;
  }
}

async function cpu(server: ChildProcess): Promise<number> {
  server.send("cpu");
  const [micros] = (await once(server, "message")) as [number];
  return micros;
}

async function serve(which: string): Promise<void> {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.send?.(await (which === "http2" ? serveHttp2() : serveGrpcJs()));
}

async function serveHttp2(): Promise<number> {
  const health = createHealth(otlpServices);
  const receive = createReceive({ accept, emit: () => {}, health, maxMessageBytes, busyRetryMs: 1000 });
  const budget = createBudget(1e9);
  const server = createGrpcServer({ receive, health, budget, maxMessageBytes, onCrash: () => {} });
  return (await server.listen(0, "127.0.0.1")).port;
}

/** The fair rival: no generated code, the message arrives as bytes; decompression is its own. */
function serveGrpcJs(): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": maxMessageBytes });
  const raw = (bytes: Buffer) => bytes;
  const method = {
    path: signals.traces.grpcPath,
    requestStream: false,
    responseStream: false,
    requestSerialize: raw,
    requestDeserialize: raw,
    responseSerialize: raw,
    responseDeserialize: raw,
  } as const;
  server.addService(
    { export: method },
    {
      export(call: grpc.ServerUnaryCall<Buffer, Buffer>, answer: grpc.sendUnaryData<Buffer>) {
        const decoded = decodeContent(call.request, undefined, maxMessageBytes);
        if (decoded.kind === "decoded" && scan(decoded.bytes, signals.traces.request).kind === "scanned")
          answer(null, Buffer.alloc(0));
        else answer({ code: grpc.status.INVALID_ARGUMENT });
      },
    },
  );
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}
