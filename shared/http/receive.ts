import type { Acceptance, ReceivedRequest, Sink } from "../batch/sink.ts";
import type { Encoding } from "../otlp/encoding.ts";
import type { Rejection } from "../otlp/rejection.ts";
import { scan } from "../otlp/scan.ts";
import { type Signal, signalNames, signals } from "../otlp/signals.ts";
import { transcode } from "../otlp/transcode.ts";
import type { Emit } from "../telemetry/events.ts";
import { accepted, healthy, quote, type Refusal, refused, tooLarge, unavailable } from "./answers.ts";
import { isAuthorized, type SenderTokens } from "./auth.ts";
import { acceptedCodings, decodeContent } from "./content-encoding.ts";
import { encodingOf } from "./content-type.ts";
import { type Cors, preflight, withCors } from "./cors.ts";
import type { HttpAnswer, HttpRequest } from "./message.ts";

/** What a receiver is made of. */
export interface ReceiveOptions {
  readonly sink: Sink;
  readonly emit: Emit;
  /** Limit of a body once decompressed, all its members together. */
  readonly maxBodyBytes: number;
  /** Absent: no cross-origin requests. */
  readonly cors?: Cors;
  /** Absent, or without tokens: no authentication. */
  readonly auth?: SenderTokens;
}

/** Answers one OTLP/HTTP request; `abort` ends the waiting for the sink. Never rejects. */
export type Receive = (request: HttpRequest, context?: { readonly abort?: AbortSignal }) => Promise<HttpAnswer>;

type Checked = Pick<ReceivedRequest, "bytes" | "items" | "gzip"> & { readonly kind: "checked" };
type Refused = Refusal & { readonly kind: "refused" };

export const healthPath = "/health";
const crashRetryMs = 5000;
/** An empty message is a valid request (OTLP specification, "OTLP/HTTP Request") with nothing in it to keep. */
const nothing: Acceptance = { kind: "accepted" };

/**
 * OTLP/HTTP without a server: routes, decodes, validates, hands the request to the sink, and answers as the OTLP 1.11
 * specification and RFC 9110 say. Bad input is always 4xx, and a fault of ours 503, so that clients keep their data.
 */
export function createReceive(options: ReceiveOptions): Receive {
  const { sink, emit, maxBodyBytes, cors, auth } = options;

  return async function receive(request, context = {}) {
    const answer = (cors && preflight(request, cors)) ?? (await respond(request, context.abort));
    return cors ? withCors(answer, request, cors) : answer;
  };

  async function respond(request: HttpRequest, abort: AbortSignal | undefined): Promise<HttpAnswer> {
    try {
      if (request.path === healthPath && isRead(request.method)) return healthy(request.method);
      const signal = routeOf(request.path);
      const encoding = encodingOf(request.headers["content-type"]);
      const checked = check(request, signal, encoding);
      if (checked.kind === "refused") return refuse(checked, request, signal);
      if (signal === undefined || encoding === undefined) throw new Error("a request without a route was let through");
      return await deliver(request, { ...checked, signal: signal.name }, encoding, abort);
    } catch (error) {
      emit("code.crashed", { where: "http.receive", error: describe(error) });
      return unavailable("The gateway failed on this request: send it again.", crashRetryMs, request);
    }
  }

  function check(request: HttpRequest, signal: Signal | undefined, encoding: Encoding | undefined): Checked | Refused {
    const { method, path, headers, body } = request;
    if (signal === undefined && path !== healthPath) {
      const paths = signalNames.map((name) => signals[name].path).join(", ");
      return refusal(404, "path", `There is no path ${quote(path)}: OTLP/HTTP is served at ${paths}.`);
    }
    if (signal === undefined || method !== "POST") {
      const allow = signal === undefined ? "GET, HEAD" : "POST";
      return refusal(405, "method", `The method ${quote(method)} is not allowed at ${path}: use ${allow}.`, { allow });
    }
    if (auth && !isAuthorized(headers.authorization, auth())) {
      const challenge = { "www-authenticate": 'Bearer realm="sluice"' };
      return refusal(401, "token", "The Authorization header must carry a valid bearer token.", challenge);
    }
    if (encoding === undefined) {
      const given = headers["content-type"] ? quote(headers["content-type"]) : "missing";
      return refusal(
        415,
        "content-type",
        `The Content-Type is ${given}: use application/x-protobuf or application/json.`,
      );
    }
    const content = decodeContent(body, headers["content-encoding"], maxBodyBytes);
    switch (content.kind) {
      case "unsupported":
        return refusal(
          415,
          "content-encoding",
          `The Content-Encoding ${quote(content.coding)} is not supported: use gzip.`,
          {
            "accept-encoding": acceptedCodings,
          },
        );
      case "too-large":
        return { kind: "refused", ...tooLarge(maxBodyBytes) };
      case "corrupt":
        return refusal(
          400,
          "content",
          `The body is not valid ${headers["content-encoding"]?.trim()}: ${content.message}.`,
        );
      case "decoded":
        return encoding === "json" ? checkJson(content.bytes, signal) : checkProtobuf(content, signal);
    }
  }

  async function deliver(
    request: HttpRequest,
    received: ReceivedRequest,
    encoding: Encoding,
    abort: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    const { signal, items, bytes } = received;
    const acceptance = bytes.length === 0 ? nothing : await sink.accept(received, abort);
    if (acceptance.kind === "unavailable") {
      const { reason, retryAfterMs } = acceptance;
      emit("request.unavailable", { signal, transport: "http", reason, retryAfterMs });
      return unavailable(`The request is not stored, send it again: ${reason}`, retryAfterMs, request);
    }
    const { rejected } = acceptance;
    emit("request.accepted", { signal, transport: "http", items: items - (rejected?.items ?? 0), bytes: bytes.length });
    if (rejected) emit("items.rejected", { signal, ...rejected });
    return accepted(signals[signal], encoding, rejected && { rejected: rejected.items, message: rejected.message });
  }

  function refuse(refusal: Refusal, request: HttpRequest, signal: Signal | undefined): HttpAnswer {
    const { status, reason, message } = refusal;
    emit("request.refused", { ...(signal && { signal: signal.name }), transport: "http", status, reason, message });
    return refused(refusal, request);
  }
}

function checkProtobuf(content: { bytes: Uint8Array; gzip?: Uint8Array }, signal: Signal): Checked | Refused {
  const scanned = scan(content.bytes, signal);
  if (scanned.kind === "rejected") return malformed(scanned, signal);
  const { bytes, gzip } = content;
  return { kind: "checked", bytes, items: scanned.items, ...(gzip && { gzip }) };
}

function checkJson(json: Uint8Array, signal: Signal): Checked | Refused {
  const transcoded = transcode(json, signal);
  if (transcoded.kind === "rejected") return malformed(transcoded, signal);
  return { kind: "checked", bytes: transcoded.bytes, items: transcoded.items };
}

function malformed({ message, path, offset }: Rejection, signal: Signal): Refused {
  const where = path === "" ? `byte ${offset}` : `${path}, byte ${offset}`;
  const violations = [{ field: path || signal.request.name, description: `${message} (byte ${offset})` }];
  return { ...refusal(400, "malformed", `Not an ${signal.request.name}, at ${where}: ${message}`), violations };
}

function refusal(
  status: Refusal["status"],
  reason: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Refused {
  return { kind: "refused", status, reason, message, ...(headers && { headers }) };
}

function routeOf(path: string): Signal | undefined {
  const name = signalNames.find((candidate) => signals[candidate].path === path);
  return name && signals[name];
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).slice(0, 2000) : String(error).slice(0, 2000);
}
