import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify } from "../../../shared/exporters/otlp-grpc/classify.ts";
import { request } from "../../../shared/exporters/otlp-grpc/request.ts";
import { frameMessage } from "../../../shared/grpc/framing.ts";
import { statusTrailers } from "../../../shared/grpc/status.ts";
import { encodeResponse } from "../../../shared/otlp/response.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import { anyText } from "../../support/any-text.ts";

const context = { format: "otlp/traces", now: 0 } as const;

function judge(headers: Record<string, string>, body: Uint8Array = new Uint8Array(0), status = 200) {
  return classify({ kind: "answered", status, headers, body }, context);
}

function status(code: number, message = "because", retryAfterMs?: number) {
  return judge(statusTrailers({ code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) }));
}

describe("classify() of OTLP/gRPC", () => {
  it("takes OK for delivered, with or without a message, and reads partial success", () => {
    expect(judge({ "grpc-status": "0" })).toEqual({ kind: "delivered", rejected: 0 });
    expect(judge({ "grpc-status": "0" }, frameMessage(new Uint8Array(0)))).toEqual({ kind: "delivered", rejected: 0 });
    const partial = encodeResponse(signals.traces, "protobuf", { rejected: 2, message: "too old" });
    expect(judge({ "grpc-status": "0" }, frameMessage(partial))).toEqual({
      kind: "delivered",
      rejected: 2,
      message: "too old",
    });
  });

  it("reads partial success in an answer that is compressed as the call was", () => {
    const partial = encodeResponse(signals.traces, "protobuf", { rejected: 2, message: "too old" });
    const framed = frameMessage(gzipSync(partial));
    framed[0] = 1;
    const headers = { "grpc-status": "0", "grpc-encoding": "gzip" };
    expect(judge(headers, framed)).toEqual({ kind: "delivered", rejected: 2, message: "too old" });
    expect(judge(headers, framed.subarray(0, -4))).toEqual({ kind: "delivered", rejected: 0 });
  });

  it.each([
    [1, "CANCELLED"],
    [2, "UNKNOWN"],
    [4, "DEADLINE_EXCEEDED"],
    [10, "ABORTED"],
    [11, "OUT_OF_RANGE"],
    [13, "INTERNAL"],
    [14, "UNAVAILABLE"],
    [15, "DATA_LOSS"],
    [99, "code 99"],
  ])("tries %i %s again, after the time of its RetryInfo", (code, name) => {
    expect(status(code)).toEqual({ kind: "retry", reason: `${name}: because` });
    expect(status(code, "because", 13_000)).toEqual({ kind: "retry", reason: `${name}: because`, afterMs: 13_000 });
  });

  it("lets RetryInfo decide about RESOURCE_EXHAUSTED, even one without delay", () => {
    const reason = "RESOURCE_EXHAUSTED: because";
    expect(status(8, "because", 0)).toEqual({ kind: "retry", reason, afterMs: 0, throttled: true });
    expect(status(8)).toEqual({ kind: "refused", reason: "too-large", status: 8, message: reason });
  });

  it.each([
    [5, 404, "NOT_FOUND"],
    [7, 403, "PERMISSION_DENIED"],
    [12, 404, "UNIMPLEMENTED"],
    [16, 401, "UNAUTHENTICATED"],
  ])("holds the operator responsible for %i, as for HTTP %i", (code, http, name) => {
    expect(status(code)).toEqual({ kind: "misconfigured", status: http, message: `${name}: because` });
  });

  it.each([3, 6, 9])("takes %i for a refusal of the data", (code) => {
    expect(status(code)).toMatchObject({ kind: "refused", reason: "rejected", status: code });
  });

  it.each([
    [200, "retry"],
    [400, "retry"],
    [401, "misconfigured"],
    [403, "misconfigured"],
    [404, "misconfigured"],
    [408, "retry"],
    [429, "retry"],
    [500, "retry"],
    [502, "retry"],
    [503, "retry"],
    [504, "retry"],
  ])("takes HTTP %i without a grpc-status, which only a proxy sends, for %s", (http, kind) => {
    expect(judge({}, new Uint8Array(0), http).kind).toBe(kind);
  });

  it("reads a message with percent-encoded UTF-8, and one that is malformed as it stands", () => {
    expect(judge({ "grpc-status": "3", "grpc-message": "z%C3%A4h%0Aund 100%" })).toMatchObject({
      message: "INVALID_ARGUMENT: zäh und 100%",
    });
  });

  it("never throws, whatever a server answers", () => {
    const texts = anyText();
    fc.assert(
      fc.property(texts, texts, texts, fc.uint8Array(), fc.nat(599), (code, message, details, body, http) => {
        const headers = { "grpc-status": code, "grpc-message": message, "grpc-status-details-bin": details };
        expect(judge(headers, body, http).kind).toMatch(/^(delivered|retry|misconfigured|refused)$/);
        expect(judge({ ...headers, "grpc-status": "14" }, body, http).kind).toBe("retry");
      }),
    );
  });
});

describe("request() of OTLP/gRPC", () => {
  it("calls the signal's method with one framed message", () => {
    const sent = request(
      { format: "otlp/logs", encoding: "gzip", body: Uint8Array.of(9, 8) },
      "https://collector:4317/",
    );
    expect(sent).toEqual({
      url: "https://collector:4317/opentelemetry.proto.collector.logs.v1.LogsService/Export",
      httpVersion: "2",
      headers: { "content-type": "application/grpc", te: "trailers", "grpc-encoding": "gzip" },
      body: Uint8Array.of(1, 0, 0, 0, 2, 9, 8),
    });
  });
});
