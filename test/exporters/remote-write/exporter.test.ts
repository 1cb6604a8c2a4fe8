import { describe, expect, it } from "vitest";
import { unsnappy } from "../../../shared/compression/snappy.ts";
import { remoteWriteExporter } from "../../../shared/exporters/remote-write/exporter.ts";

const context = { format: "prometheus/write", now: 0 } as const;

function answer(status: number, body = "", headers: Readonly<Record<string, string>> = {}) {
  return { kind: "answered", status, headers, body: Buffer.from(body) } as const;
}

describe("remoteWriteExporter", () => {
  it("sends a snappy block to the endpoint as it is", () => {
    const payload = remoteWriteExporter.probe("prometheus/write");
    expect(remoteWriteExporter.request(payload, "http://p:9090/api/v1/write?x=1")).toMatchObject({
      url: "http://p:9090/api/v1/write?x=1",
      headers: {
        "content-type": "application/x-protobuf",
        "content-encoding": "snappy",
        "x-prometheus-remote-write-version": "0.1.0",
      },
    });
    expect(unsnappy(payload.body, 10)).toMatchObject({ kind: "decoded", bytes: new Uint8Array(0) });
  });

  it.each([
    [answer(204), { kind: "delivered", rejected: 0 }],
    [answer(200, "x"), { kind: "delivered", rejected: 0 }],
    [
      answer(400, "out of order sample\n"),
      { kind: "refused", reason: "rejected", message: "HTTP 400: out of order sample" },
    ],
    [
      answer(400, "duplicate sample for timestamp 5; overrides not allowed: existing 1, new value 2"),
      { kind: "refused" },
    ],
    [answer(422), { kind: "refused", reason: "rejected" }],
    [answer(413), { kind: "refused", reason: "too-large" }],
    [answer(429, "", { "retry-after": "3" }), { kind: "retry", afterMs: 3000, throttled: true }],
    [answer(503), { kind: "retry", reason: "HTTP 503" }],
    [answer(500, 'label name "a" is not unique: invalid sample'), { kind: "refused", reason: "rejected" }],
    [answer(401), { kind: "misconfigured", status: 401 }],
    [answer(404, "404 page not found"), { kind: "misconfigured", status: 404 }],
    [answer(415), { kind: "misconfigured" }],
    [answer(302, "", { location: "/x" }), { kind: "misconfigured" }],
    [{ kind: "failed", reason: "ECONNREFUSED", permanent: false } as const, { kind: "retry" }],
    [{ kind: "failed", reason: "CERT_HAS_EXPIRED", permanent: true } as const, { kind: "misconfigured", status: 0 }],
  ])("judges %j", (given, verdict) => {
    expect(remoteWriteExporter.classify(given, context)).toMatchObject(verdict);
  });
});
