import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { encodeResponse } from "../../../shared/otlp/response.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import { encodeStatus } from "../../../shared/rpc/status.ts";
import { type SignalName, signalNames } from "../../../shared/signal.ts";
import { itemNames } from "../otlp/item-names.ts";

/** How the destination treats one request; nothing given means that it takes it. */
export interface Behaviour {
  readonly status?: number;
  /** The `message` of the `google.rpc.Status` that comes with a status above 299. */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of what OTLP prescribes for the status. */
  readonly body?: Uint8Array | string;
  readonly partial?: { readonly rejected: number; readonly message: string };
  readonly delayMs?: number;
  /** Takes the request and never answers. */
  readonly hang?: true;
  /** Closes the connection without an answer. */
  readonly reset?: true;
}

/** One request as it arrived. */
export interface Arrived {
  readonly signal: SignalName;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decompressed. */
  readonly body: Uint8Array;
  readonly wireBytes: number;
  readonly items: readonly string[];
}

export interface FakeGrafanaOptions {
  readonly instanceId?: string;
  readonly apiKey?: string;
  /** Items that make the destination refuse the whole request. */
  readonly poison?: (item: string) => boolean;
  /** Status and message for poison; default 400. */
  readonly poisonStatus?: number;
  /** Most bytes, decompressed, of one request, and whether it answers 413 or Grafana Cloud's peculiar 429. */
  readonly maxBytes?: number;
  readonly tooLargeStatus?: 413 | 429;
}

export interface FakeGrafana {
  /** Base URL, ending in /otlp. */
  readonly endpoint: string;
  readonly port: number;
  readonly instanceId: string;
  readonly apiKey: string;
  /** Every request that passed authentication, path and content type, with the status it was answered. */
  readonly requests: (Arrived & { status: number })[];
  /** Requests that arrived at all, whatever became of them. */
  readonly count: () => number;
  /** How often each item was accepted. */
  readonly delivered: Map<string, number>;
  /** What is wrong with requests that no correct exporter sends. */
  readonly complaints: string[];
  /** Answers for the next requests, one each, before anything else is looked at. */
  readonly script: Behaviour[];
  /** Decides about every request that no script answers. */
  behave(decide: (arrived: Arrived, index: number) => Behaviour | undefined): void;
  close(): Promise<void>;
}

/** A Grafana Cloud OTLP endpoint on loopback that checks what it is sent and misbehaves as told. */
export async function startFakeGrafana(options: FakeGrafanaOptions = {}): Promise<FakeGrafana> {
  const { instanceId = "123456", apiKey = "glc_test" } = options;
  const authorization = `Basic ${Buffer.from(`${instanceId}:${apiKey}`).toString("base64")}`;
  const requests: (Arrived & { status: number })[] = [];
  const delivered = new Map<string, number>();
  const complaints: string[] = [];
  const script: Behaviour[] = [];
  let decide: Parameters<FakeGrafana["behave"]>[0] = () => undefined;
  let arrivals = 0;

  const server = createServer((request, response) => {
    // A test that closes the server while requests hang has seen enough of them.
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const index = arrivals++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const refusal = check(request, authorization);
    if (refusal) {
      if (refusal.complaint) complaints.push(refusal.complaint);
      return reply(response, { status: refusal.status, message: refusal.message }, "traces");
    }
    const arrived = read(request, Buffer.concat(chunks));
    const behaviour = script.shift() ?? decide(arrived, index) ?? judge(arrived, options);
    if (behaviour.delayMs) await new Promise((resolve) => setTimeout(resolve, behaviour.delayMs));
    if (behaviour.reset) return void request.socket.destroy();
    const { status = 200 } = behaviour;
    requests.push({ ...arrived, status: behaviour.hang ? 0 : status });
    if (behaviour.hang) return;
    if (status >= 200 && status < 300) {
      for (const item of arrived.items) delivered.set(item, (delivered.get(item) ?? 0) + 1);
    }
    reply(response, behaviour, arrived.signal);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/otlp`,
    port,
    instanceId,
    apiKey,
    requests,
    count: () => arrivals,
    delivered,
    complaints,
    script,
    behave: (given) => {
      decide = given;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly complaint?: string;
}

function check(request: IncomingMessage, authorization: string): Refusal | undefined {
  const { headers, method, url } = request;
  const known = signalNames.some((name) => url === `/otlp${signals[name].path}`);
  if (!known) return { status: 404, message: "404 page not found", complaint: `path ${url}` };
  if (headers.authorization !== authorization) return { status: 401, message: "authentication error: invalid token" };
  const problem =
    (method !== "POST" && `method ${method}`) ||
    (headers["content-type"] !== "application/x-protobuf" && `content type ${headers["content-type"]}`) ||
    (![undefined, "gzip"].includes(headers["content-encoding"]) && `encoding ${headers["content-encoding"]}`) ||
    (!/^sluice\//i.test(headers["user-agent"] ?? "") && `user agent ${headers["user-agent"]}`);
  return problem ? { status: 415, message: problem, complaint: problem } : undefined;
}

function read(request: IncomingMessage, wire: Buffer): Arrived {
  const signal = signalNames.find((name) => request.url?.endsWith(signals[name].path)) ?? "traces";
  const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(wire) : wire;
  const headers = request.headers as Record<string, string | undefined>;
  return { signal, headers, body, wireBytes: wire.length, items: itemNames(body, signal) };
}

function judge(arrived: Arrived, options: FakeGrafanaOptions): Behaviour {
  const { poison, poisonStatus = 400, maxBytes = Number.POSITIVE_INFINITY, tooLargeStatus = 413 } = options;
  if (arrived.body.length > maxBytes) {
    const words = `grpc: received message after decompression larger than max (${arrived.body.length} vs. ${maxBytes})`;
    return { status: tooLargeStatus, message: tooLargeStatus === 413 ? "request entity too large" : words };
  }
  const refused = poison && arrived.items.find(poison);
  return refused === undefined ? {} : { status: poisonStatus, message: `item ${refused} is not acceptable` };
}

function reply(response: ServerResponse, behaviour: Behaviour, signal: SignalName): void {
  const { status = 200, message = "", headers = {}, body, partial } = behaviour;
  const success = status >= 200 && status < 300;
  const content =
    body ?? (success ? encodeResponse(signals[signal], "protobuf", partial) : statusBody(status, message));
  const type = typeof content === "string" ? "text/plain; charset=utf-8" : "application/x-protobuf";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(status === 204 ? undefined : content);
}

function statusBody(status: number, message: string): Uint8Array {
  const code = status === 401 ? 16 : status === 429 ? 8 : status >= 500 ? 14 : 3;
  return encodeStatus({ code, message }, "protobuf");
}
