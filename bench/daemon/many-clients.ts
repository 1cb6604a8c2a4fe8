import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { frameMessage } from "../../shared/grpc/framing.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { tracesRequest } from "./payload.ts";

/** What the process of the clients is asked to do. */
export interface ClientsTask {
  readonly protocol: "grpc" | "http";
  readonly port: number;
  readonly clients: number;
  /** Requests of all clients together, spread evenly. */
  readonly requestsPerSecond: number;
  readonly quietMs: number;
  readonly sendMs: number;
}

/** What it says: that all are connected and served, that some time has passed, and what came of the requests. */
export type ClientsEvent =
  | { readonly kind: "connected"; readonly connectMs: number }
  | { readonly kind: "quiet" }
  | {
      readonly kind: "sent";
      readonly requests: number;
      readonly refused: number;
      readonly lost: number;
      readonly p99: number;
    };

type Client = () => Promise<boolean>;

const atOnce = 100;
const body = tracesRequest(10);

// A process of its own, so that neither its work nor its memory is counted.
process.on("message", (task: ClientsTask) => void run(task));
process.on("disconnect", () => process.exit(0));

async function run(task: ClientsTask): Promise<void> {
  const say = (event: ClientsEvent) => process.send?.(event);
  const startedAt = performance.now();
  const clients: Client[] = [];
  let lost = 0;
  while (clients.length < task.clients) {
    const some = Array.from({ length: Math.min(atOnce, task.clients - clients.length) }, () =>
      task.protocol === "grpc" ? grpcClient(task.port, onLost) : httpClient(task.port, onLost),
    );
    await Promise.all(some.map((client) => client()));
    clients.push(...some);
  }
  say({ kind: "connected", connectMs: performance.now() - startedAt });
  await pause(task.quietMs);
  say({ kind: "quiet" });
  const latencies: number[] = [];
  let refused = 0;
  const under: Promise<void>[] = [];
  const end = performance.now() + task.sendMs;
  const everyMs = 1000 / task.requestsPerSecond;
  let turn = 0;
  for (let due = performance.now(); due < end; due += everyMs) {
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    const client = clients[turn++ % clients.length] as Client;
    under.push(
      client().then((taken) => {
        if (!taken) refused++;
        latencies.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(under);
  latencies.sort((a, b) => a - b);
  const p99 = latencies[Math.floor(latencies.length * 0.99)] ?? 0;
  say({ kind: "sent", requests: latencies.length, refused, lost, p99 });

  function onLost(): void {
    lost++;
  }
}

function grpcClient(port: number, onLost: () => void): Client {
  const session: ClientHttp2Session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => {}).on("close", onLost);
  const framed = frameMessage(body);
  const fields = {
    ":method": "POST",
    ":path": signals.traces.grpcPath,
    "content-type": "application/grpc",
    te: "trailers",
  };
  return () =>
    new Promise((resolve) => {
      const stream = session.request(fields);
      let status: unknown;
      const note = (headers: object) => {
        status = (headers as Record<string, unknown>)["grpc-status"] ?? status;
      };
      stream
        .on("response", note)
        .on("trailers", note)
        .on("error", () => {});
      stream.on("close", () => resolve(status === "0"));
      stream.resume().end(framed);
    });
}

function httpClient(port: number, onLost: () => void): Client {
  const socket: Socket = connect(port, "127.0.0.1").setNoDelay();
  const waiting: ((taken: boolean) => void)[] = [];
  socket.on("data", (answer) => waiting.shift()?.(answer.toString("latin1").startsWith("HTTP/1.1 200")));
  socket
    .on("error", () => {})
    .on("close", () => {
      onLost();
      for (const each of waiting.splice(0)) each(false);
    });
  const head = `POST ${signals.traces.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-protobuf\r\ncontent-length: ${body.length}\r\n\r\n`;
  const request = Buffer.concat([Buffer.from(head), body]);
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      socket.write(request);
    });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
