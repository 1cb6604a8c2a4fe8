import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { snappyUncompress } from "hysnappy";
import protobuf from "protobufjs";

/** An entry as the fake stored it. */
export interface StoredEntry {
  readonly tenant: string;
  /** The text of the stream's labels. */
  readonly labels: string;
  readonly timeUnixNano: bigint;
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An answer that replaces what Loki would say. */
export interface CannedAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeLoki {
  readonly url: string;
  /** In the order in which they came; exact duplicates vanish. */
  readonly entries: readonly StoredEntry[];
  readonly requests: readonly {
    readonly tenant: string;
    readonly entries: number;
    readonly headers: IncomingMessage["headers"];
  }[];
  /** Answers the next requests with these, in order, and stores nothing of them. */
  answer(...answers: readonly CannedAnswer[]): void;
  /** Answers all requests with this until it is called without. */
  always(answer?: CannedAnswer): void;
  close(): Promise<void>;
}

const { root } = protobuf.parse(`
  syntax = "proto3";
  package logproto;
  message PushRequest { repeated Stream streams = 1; }
  message Stream { string labels = 1; repeated Entry entries = 2; uint64 hash = 3; }
  message Entry { Timestamp timestamp = 1; string line = 2; repeated Pair structuredMetadata = 3; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message Pair { string name = 1; string value = 2; }
`);
const pushRequest = root.lookupType("logproto.PushRequest");

interface PlainStream {
  readonly labels: string;
  readonly entries: readonly {
    readonly timestamp: { readonly seconds: string; readonly nanos: number };
    readonly line: string;
    readonly structuredMetadata: readonly { readonly name: string; readonly value: string }[];
  }[];
}

const labelsPattern =
  /^\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*"(?:, ?[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*")*)?\}$/;
const maxLineBytes = 262_144;
const maxLabelNames = 15;
const maxMetadata = 128;
const hour = 3_600_000_000_000n;

/** Loki's push endpoint with its default limits (`loki.md` §1), decoded by other code than ours. */
export async function startFakeLoki(): Promise<FakeLoki> {
  const entries: StoredEntry[] = [];
  const requests: FakeLoki["requests"][number][] = [];
  const newest = new Map<string, bigint>();
  const seen = new Set<string>();
  let answers: CannedAnswer[] = [];
  let constant: CannedAnswer | undefined;

  function store(tenant: string, stream: PlainStream): string[] {
    const bad = labelProblem(stream.labels);
    if (bad !== undefined) return [bad];
    return stream.entries.flatMap(({ timestamp, line, structuredMetadata }) => {
      const time = BigInt(timestamp.seconds) * 1_000_000_000n + BigInt(timestamp.nanos);
      const entry = { tenant, labels: stream.labels, timeUnixNano: time, line };
      const metadata = Object.fromEntries(structuredMetadata.map(({ name, value }) => [name, value]));
      const problem = problemOf({ ...entry, metadata }, structuredMetadata.length);
      if (problem !== undefined) return [problem];
      const key = JSON.stringify([tenant, stream.labels, String(time), line]);
      if (!seen.has(key)) entries.push({ ...entry, metadata });
      seen.add(key);
      const stream_ = `${tenant} ${stream.labels}`;
      if (time > (newest.get(stream_) ?? time - 1n)) newest.set(stream_, time);
      return [];
    });
  }

  function problemOf({ tenant, labels, timeUnixNano, line }: StoredEntry, pairs: number): string | undefined {
    const bytes = Buffer.byteLength(line);
    if (bytes > maxLineBytes) {
      return `max entry size '${maxLineBytes}' bytes exceeded for stream '${labels}' while adding an entry with length '${bytes}' bytes`;
    }
    if (pairs > maxMetadata)
      return `stream '${labels}' has too many structured metadata labels: '${pairs}', limit: '128'`;
    const now = BigInt(Date.now()) * 1_000_000n;
    if (timeUnixNano < now - 168n * hour) return `entry for stream '${labels}' has timestamp too old: ${timeUnixNano}`;
    if (timeUnixNano > now + hour / 6n) return `entry for stream '${labels}' has timestamp too new: ${timeUnixNano}`;
    const last = newest.get(`${tenant} ${labels}`);
    if (last === undefined || timeUnixNano >= last - hour) return undefined;
    return `entry with timestamp ${timeUnixNano} ignored, reason: 'entry too far behind, entry timestamp is: ${timeUnixNano}, oldest acceptable timestamp is: ${last - hour}'`;
  }

  function push(body: Buffer, headers: IncomingMessage["headers"]): CannedAnswer {
    if (headers["content-type"] !== "application/x-protobuf") return { status: 400, body: "mime: no media type" };
    let streams: readonly PlainStream[];
    try {
      const raw = snappyUncompress(body, uncompressedLength(body));
      const message = pushRequest.decode(raw);
      const options = { longs: String, defaults: true, arrays: true };
      streams = (pushRequest.toObject(message, options) as { streams: readonly PlainStream[] }).streams;
    } catch (error) {
      return { status: 400, body: String(error) };
    }
    const tenant = String(headers["x-scope-orgid"] ?? "");
    requests.push({ tenant, entries: streams.reduce((sum, { entries: each }) => sum + each.length, 0), headers });
    const canned = answers.shift() ?? constant;
    if (canned !== undefined) return canned;
    if (streams.length === 0) return { status: 422, body: "error at least one valid stream is required for ingestion" };
    const problems = streams.flatMap((stream) => store(tenant, stream));
    return problems.length === 0 ? { status: 204 } : { status: 400, body: problems.join("\n") };
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { status, body = "", headers = {} } = push(Buffer.concat(chunks), request.headers);
      response.writeHead(status, headers).end(body);
    });
  }

  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/loki/api/v1/push`,
    entries,
    requests,
    answer(...some) {
      answers = [...answers, ...some];
    },
    always(answer) {
      constant = answer;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function labelProblem(labels: string): string | undefined {
  if (labels !== "" && !labelsPattern.test(labels)) return `couldn't parse labels: 1:1: parse error: ${labels}`;
  const names = [...labels.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="/g)].map(([, name]) => name);
  if (new Set(names).size !== names.length) return `stream '${labels}' has duplicate label name`;
  return names.length > maxLabelNames ? `stream '${labels}' has ${names.length} label names; limit 15` : undefined;
}

/** The length that a snappy block begins with. */
function uncompressedLength(body: Buffer): number {
  let length = 0;
  for (const [index, byte] of body.subarray(0, 5).entries()) {
    length += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) break;
  }
  return length;
}
