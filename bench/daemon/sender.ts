import { Agent, request as httpRequest } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { gzipSync } from "node:zlib";
import { frameMessage } from "../../shared/grpc/framing.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { tracesRequest } from "./payload.ts";

/** What a sender is asked to do; `rate` is spans a second, 0 for as many as are taken. */
export interface Task {
  readonly protocol: "grpc" | "http";
  readonly coding: "gzip" | "plain";
  readonly port: number;
  readonly rate: number;
  readonly spansPerRequest: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  /** One request at a time over one connection, as most exporters of SDKs do. */
  readonly isOne?: boolean;
}

/** What came of it, in the measured time: latencies in milliseconds, up to the acknowledgement. */
export interface Sent {
  readonly spans: number;
  readonly refused: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

const many = { connections: 4, lanes: 16 };
const one = { connections: 1, lanes: 1 };
const variants = 16;

// A process of its own, so that its work is not counted: it is told a task, says "begin" and "end", and then what it sent.
process.on("message", (task: Task) => void run(task).then((sent) => process.send?.(sent)));
process.on("disconnect", () => process.exit(0));

async function run(task: Task): Promise<Sent> {
  const { coding, rate, spansPerRequest, warmupMs, measureMs } = task;
  const bodies = Array.from({ length: variants }, (_, seed) => {
    const bytes = tracesRequest(spansPerRequest, seed);
    return coding === "gzip" ? gzipSync(bytes) : bytes;
  });
  const post = task.protocol === "grpc" ? grpcPoster(task) : httpPoster(task);
  const latencies: number[] = [];
  let spans = 0;
  let refused = 0;
  let measuring = false;
  let next = 0;
  const startedAt = performance.now();
  const end = startedAt + warmupMs + measureMs;

  const send = async (due: number) => {
    const taken = await post(bodies[next++ % variants] as Uint8Array).catch(() => false);
    if (!measuring) return;
    if (taken) spans += spansPerRequest;
    else refused += spansPerRequest;
    latencies.push(performance.now() - due);
  };
  const began = new Promise<number>((resolve) => {
    setTimeout(() => {
      measuring = true;
      process.send?.("begin");
      resolve(performance.now());
    }, warmupMs);
  });
  await (rate > 0 ? paced() : Promise.all(Array.from({ length: (task.isOne ? one : many).lanes }, closed)));
  measuring = false;
  const seconds = (performance.now() - (await began)) / 1000;
  process.send?.("end");
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
  return { spans, refused, seconds, p50: quantile(0.5), p99: quantile(0.99) };

  async function closed(): Promise<void> {
    while (performance.now() < end) await send(performance.now());
  }

  /** Open loop: a request is due whether or not the one before was answered. */
  async function paced(): Promise<void> {
    const everyMs = (1000 * spansPerRequest) / rate;
    for (let due = startedAt; due < end; due += everyMs) {
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      void send(due);
    }
  }
}

type Post = (body: Uint8Array) => Promise<boolean>;

function grpcPoster({ port, coding, isOne }: Task): Post {
  const { connections } = isOne ? one : many;
  const sessions: ClientHttp2Session[] = Array.from({ length: connections }, () =>
    connect(`http://127.0.0.1:${port}`, { maxSessionMemory: 1000 }),
  );
  for (const session of sessions) session.on("error", () => {});
  const encoding = coding === "gzip" ? { "grpc-encoding": "gzip" } : {};
  const { grpcPath } = signals.traces;
  const fields = {
    ":method": "POST",
    ":path": grpcPath,
    "content-type": "application/grpc",
    te: "trailers",
    ...encoding,
  };
  let turn = 0;
  return (body) =>
    new Promise((resolve, reject) => {
      const framed = frameMessage(body);
      framed[0] = coding === "gzip" ? 1 : 0;
      const session = sessions[turn++ % connections] as ClientHttp2Session;
      const stream = session.request(fields);
      let status: unknown;
      const note = (headers: object) => {
        status = (headers as Record<string, unknown>)["grpc-status"] ?? status;
      };
      stream.on("response", note).on("trailers", note).on("error", reject);
      stream.on("close", () => resolve(status === "0"));
      stream.resume();
      stream.end(framed);
    });
}

function httpPoster({ port, coding, isOne }: Task): Post {
  const { lanes } = isOne ? one : many;
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const encoding = coding === "gzip" ? { "content-encoding": "gzip" } : {};
  return (body) =>
    new Promise((resolve, reject) => {
      const headers = { "content-type": "application/x-protobuf", "content-length": String(body.length), ...encoding };
      const target = { host: "127.0.0.1", port, path: signals.traces.path, method: "POST", agent, headers };
      const request = httpRequest(target, (response) => {
        // A response that is cut off has no end, but is closed.
        response.resume().once("close", () => resolve(response.complete && response.statusCode === 200));
      });
      request.on("error", reject).end(body);
    });
}
