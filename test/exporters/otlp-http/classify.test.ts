import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { classify } from "../../../shared/exporters/otlp-http/classify.ts";
import { encodeResponse } from "../../../shared/otlp/response.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import { encodeStatus } from "../../../shared/rpc/status.ts";

const now = Date.UTC(2026, 10, 20);
const protobuf = "application/x-protobuf";
const json = "application/json";

interface Answer {
  readonly type?: string;
  readonly body?: Uint8Array | string;
  readonly headers?: Record<string, string>;
}

function judge(status: number, { type, body = "", headers = {} }: Answer = {}) {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const all = { ...headers, ...(type && { "content-type": type }) };
  return classify({ kind: "answered", status, headers: all, body: bytes }, { format: "otlp/traces", now });
}

const statusOf = (code: number, message: string, retryAfterMs?: number) =>
  encodeStatus({ code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) }, "protobuf");

describe("classify()", () => {
  it.each([
    ["200 without a body", 200, {}],
    ["200 with an empty protobuf body", 200, { type: protobuf }],
    ["200 with an empty partial_success", 200, { type: protobuf, body: Buffer.from("0a00", "hex") }],
    ["200 with an empty JSON object", 200, { type: json, body: '{"partialSuccess":{}}' }],
    ["200 with a body but no content type", 200, { body: Buffer.from("0a00", "hex") }],
    ["202", 202, { type: "text/plain" }],
    ["204", 204, {}],
  ] satisfies [string, number, Answer][])("takes %s for delivered", (_, status, answer) => {
    expect(judge(status, answer)).toEqual({ kind: "delivered", rejected: 0 });
  });

  it.each([
    ["a body that is not protobuf", { type: protobuf, body: Buffer.from([1]) }],
    ["a body that is not JSON", { type: json, body: "<" }],
    ["another service's JSON", { type: json, body: '{"status":"ok"}' }],
    ["a page to sign in", { type: "text/html", body: "<html>Sign in</html>" }],
    ["a text", { type: "text/plain", body: "accepted" }],
    ["a page without a content type", { body: "<html>Sign in</html>" }],
  ] satisfies [string, Answer][])("does not take silence for success: 200 with %s", (_, answer) => {
    const message = expect.stringMatching(/^HTTP 200, but not an OTLP answer: /);
    expect(judge(200, answer)).toEqual({ kind: "misconfigured", status: 200, message });
  });

  it("counts what a partial success in gzip left out", () => {
    const body = gzipSync(encodeResponse(signals.traces, "protobuf", { rejected: 2, message: "hello" }));
    const verdict = judge(200, { type: protobuf, body, headers: { "content-encoding": "gzip" } });
    expect(verdict).toEqual({ kind: "delivered", rejected: 2, message: "hello" });
  });

  it.each([
    [
      "protobuf",
      { type: protobuf, body: encodeResponse(signals.traces, "protobuf", { rejected: 1, message: "hello" }) },
    ],
    ["protobuf with parameters", { type: `${protobuf}; v=1`, body: Buffer.from("0a090801120568656c6c6f", "hex") }],
    [
      "JSON",
      { type: `${json}; charset=utf-8`, body: '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"hello"}}' },
    ],
    ["JSON with a number", { type: json, body: '{"partialSuccess":{"rejectedSpans":1,"errorMessage":"hello"}}' }],
  ] satisfies [string, Answer][])("reads partial success in %s: delivered, never retried", (_, answer) => {
    expect(judge(200, answer)).toEqual({ kind: "delivered", rejected: 1, message: "hello" });
  });

  it("keeps a warning that comes with full success", () => {
    const body = Buffer.from("0a0612047761726e", "hex");
    expect(judge(200, { type: protobuf, body })).toEqual({ kind: "delivered", rejected: 0, message: "warn" });
  });

  it.each([429, 502, 503, 504, 500, 408, 421, 425, 460, 499, 507, 509, 520, 521, 527, 530, 561, 599])(
    "retries %i, with the Retry-After of the destination",
    (status) => {
      const throttled = status === 429 ? { throttled: true } : {};
      expect(judge(status)).toEqual({ kind: "retry", reason: `HTTP ${status}`, ...throttled });
      expect(judge(status, { headers: { "retry-after": "30" } })).toMatchObject({ kind: "retry", afterMs: 30_000 });
      expect(judge(status, { headers: { "retry-after": "-1" } })).not.toHaveProperty("afterMs");
    },
  );

  it("reads RetryInfo in the body, and prefers the header", () => {
    const body = statusOf(14, "overloaded", 7000);
    expect(judge(503, { type: protobuf, body })).toEqual({
      kind: "retry",
      reason: "HTTP 503: overloaded",
      afterMs: 7000,
    });
    expect(judge(503, { type: protobuf, body, headers: { "retry-after": "9" } })).toMatchObject({ afterMs: 9000 });
  });

  it.each([401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 501, 505, 511, 301, 302, 303, 307, 308, 304])(
    "takes %i for the operator's fault",
    (status) => {
      expect(judge(status, { headers: { location: "https://login.example.com/" } })).toMatchObject({
        kind: "misconfigured",
        status,
      });
    },
  );

  it("says where a redirect wanted to go", () => {
    const verdict = judge(302, { headers: { location: "https://login.example.com/" } });
    expect(verdict).toMatchObject({ message: "HTTP 302 to https://login.example.com/: redirects are not followed" });
  });

  it.each([400, 422])("takes %i for a refusal of the data: a status about content", (status) => {
    const body = statusOf(3, "bad span");
    const refused = { kind: "refused", reason: "rejected", status, message: `HTTP ${status}: bad span` };
    expect(judge(status, { type: protobuf, body })).toEqual(refused);
  });

  it.each([409, 412, 414, 417, 418, 423, 426, 428, 431, 451])("does not take %i for one", (status) => {
    expect(judge(status)).toMatchObject({ kind: "retry" });
  });

  it.each([
    [413, "request body too large"],
    [429, "grpc: received message after decompression larger than max (15728641 vs. 15728640)"],
    [429, "RATE_LIMITED ingestion rate limit (500000 bytes) exceeded while adding 966953 bytes"],
    [
      429,
      "RATE_LIMITED: ingestion rate limit (local: 500000 bytes, global: 9000000 bytes) exceeded while adding 966953 bytes for user 1",
    ],
    [
      429,
      "RATE_LIMITED: batch size (966953 bytes) exceeds ingestion limit (local: 500000 bytes/s, global: 0 bytes/s, burst: 500000 bytes) while adding 966953 bytes for user 1",
    ],
  ])("takes %i %s for too large: it would be refused forever", (status, words) => {
    expect(judge(status, { type: protobuf, body: statusOf(8, words) })).toMatchObject({
      kind: "refused",
      reason: "too-large",
      status,
    });
    expect(judge(status, { type: "text/plain", body: words })).toMatchObject({
      kind: "refused",
      reason: "too-large",
      status,
    });
  });

  it.each([
    "RATE_LIMITED: ingestion rate limit (local: 500000 bytes, global: 0 bytes) exceeded while adding 6953 bytes for user 1",
    "RATE_LIMITED: ingestion rate limit (local: 500000 bytes/s, global: 0 bytes/s, burst: 2000000 bytes) exceeded while adding 966953 bytes for user 1",
    "the request has been rejected because the tenant exceeded the request rate limit, set to 10 requests/s",
    "ingestion rate limit () exceeded while adding 5 bytes",
  ])("retries a rate limit that a single request does not exceed: %s", (words) => {
    expect(judge(429, { type: protobuf, body: statusOf(8, words) })).toMatchObject({ kind: "retry" });
  });

  it("keeps of the destination's words one bounded line", () => {
    const verdict = judge(400, { type: "text/plain", body: `a\r\nb\u0000${"c".repeat(10_000)}` });
    expect(verdict).toMatchObject({ message: expect.stringMatching(/^HTTP 400: a b c+…$/) });
    expect(verdict.kind === "refused" && verdict.message.length).toBe(500);
  });

  it("retries failures of the connection, but takes certificates and malformed URLs for the operator's fault", () => {
    const failed = (permanent: boolean) =>
      classify({ kind: "failed", reason: "CERT_HAS_EXPIRED", permanent }, { format: "otlp/logs", now });
    expect(failed(false)).toEqual({ kind: "retry", reason: "CERT_HAS_EXPIRED" });
    expect(failed(true)).toEqual({ kind: "misconfigured", status: 0, message: "CERT_HAS_EXPIRED" });
  });
});
