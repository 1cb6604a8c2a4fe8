import type { Clock } from "../../clock.ts";
import { decodeContent } from "../../compression/content-encoding.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import type { Entry } from "../../loki/entry.ts";
import { noLabels } from "../../loki/labels.ts";
import { readPushJson } from "../../loki/read-push-json.ts";
import { type ReadPush, readPushRequest } from "../../loki/read-push-request.ts";
import { trimEnd } from "../../loki/trim-end.ts";
import { isDurableInTime } from "../durable-in-time.ts";

/** What takes the entries of a request. */
export interface ReceivePushOptions {
  /** Gives entries on; resolves when they are durable. */
  readonly send: (entries: readonly Entry[]) => Promise<void>;
  /** How long a client waits before it is asked to send again. */
  readonly waitMs: number;
  readonly maxBytes: number;
  readonly clock: Pick<Clock, "sleep">;
}

const pushPaths = new Set(["/loki/api/v1/push", "/api/v1/push"]);
const rawPaths = new Set(["/loki/api/v1/raw", "/api/v1/raw"]);
const retryAfterSeconds = 5;

/** Answers `/loki/api/v1/push`, `/loki/api/v1/raw` and `/ready`: with success only when every entry is durable. */
export async function receivePush(request: HttpRequest, options: ReceivePushOptions): Promise<HttpAnswer> {
  const { method, path } = request;
  if (path === "/ready") return text(200, "ready");
  if (!pushPaths.has(path) && !rawPaths.has(path)) return text(404, "404 page not found");
  if (method !== "POST") return text(405, "Method Not Allowed");
  const content = decodeContent(request.body, codingOf(request), options.maxBytes);
  if (content.kind === "too-large") return text(413, `the body is larger than ${options.maxBytes} bytes`);
  if (content.kind === "unsupported") return text(400, `Content-Encoding ${content.coding} is not supported`);
  if (content.kind !== "decoded") return text(400, "the body is not what its Content-Encoding says");
  const read = rawPaths.has(path) ? rawEntries(content.bytes) : readPush(content.bytes, request);
  if (read.kind === "invalid") return text(400, read.reason);
  if (!(await isDurableInTime(options.send(read.entries), options))) return unavailable();
  return read.problem === undefined ? text(204, "") : text(400, read.problem);
}

/** Protobuf comes as a snappy block, whether or not a header says so. */
function codingOf({ path, headers }: HttpRequest): string | undefined {
  const coding = headers["content-encoding"];
  const isProtobuf = pushPaths.has(path) && !isJson(headers);
  return isProtobuf && (coding === undefined || coding === "") ? "snappy" : coding;
}

function isJson(headers: HttpRequest["headers"]): boolean {
  return /^\s*application\/json\s*(;|$)/i.test(headers["content-type"] ?? "");
}

function readPush(bytes: Uint8Array, { headers }: HttpRequest): ReadPush {
  if (isJson(headers)) return readPushJson(new TextDecoder().decode(bytes));
  if (/^\s*application\/x-protobuf\s*(;|$)/i.test(headers["content-type"] ?? "")) return readPushRequest(bytes);
  const type = headers["content-type"];
  return {
    kind: "invalid",
    reason: type === undefined ? "mime: no media type" : `Content-Type ${type} is not supported`,
  };
}

/** A line is an entry; empty ones are left out. */
function rawEntries(bytes: Uint8Array): ReadPush {
  const lines = new TextDecoder().decode(bytes).split("\n");
  const texts = lines.map((line) => trimEnd(line, "\r")).filter((line) => line !== "");
  return {
    kind: "entries",
    entries: texts.map((line) => ({ labels: noLabels, timeUnixNano: 0n, line, metadata: [] })),
  };
}

function text(status: number, body: string): HttpAnswer {
  const headers = body === "" ? {} : { "content-type": "text/plain; charset=utf-8" };
  return { status, headers, body: Buffer.from(body) };
}

function unavailable(): HttpAnswer {
  const answer = text(503, "not durable in time: send it again");
  return { ...answer, headers: { ...answer.headers, "retry-after": String(retryAfterSeconds) } };
}
