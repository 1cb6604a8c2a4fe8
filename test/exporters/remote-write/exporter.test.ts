import { describe, expect, it } from "vitest";
import { unsnappy } from "../../../shared/compression/snappy.ts";
import { remoteWriteExporter } from "../../../shared/exporters/remote-write/exporter.ts";
import { createRemoteWriteV2Exporter } from "../../../shared/exporters/remote-write/exporter-v2.ts";
import { labelsOf } from "../../../shared/prometheus/labels.ts";
import { encodeWriteRequest } from "../../../shared/prometheus/remote-write/write-request-writer.ts";
import { addSample, createSampleBatch } from "../../../shared/prometheus/sample.ts";
import { seriesOf } from "../../../shared/prometheus/series.ts";

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

/** Three samples, as a batch of 1.0. */
function three(): Uint8Array {
  const batch = createSampleBatch();
  for (const timeMs of [1, 2, 3]) addSample(batch, seriesOf(labelsOf([["__name__", "m"]])), { timeMs, value: 1 });
  return encodeWriteRequest(batch);
}

function counts(samples: number, histograms?: number): Readonly<Record<string, string>> {
  const prefix = "x-prometheus-remote-write";
  return {
    [`${prefix}-samples-written`]: String(samples),
    ...(histograms !== undefined && { [`${prefix}-histograms-written`]: String(histograms) }),
  };
}

describe("createRemoteWriteV2Exporter()", () => {
  const exporter = createRemoteWriteV2Exporter();
  const payload = { format: "prometheus/write", encoding: "identity", body: three() } as const;

  it("sends a request of 2.0", () => {
    const { headers, body } = exporter.request(payload, "http://p/write");
    expect(headers).toEqual({
      "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
      "content-encoding": "snappy",
      "x-prometheus-remote-write-version": "2.0.0",
    });
    expect(unsnappy(body, 1000)).toMatchObject({ kind: "decoded" });
  });

  it("looks for what was refused where every series has one sample, which may be sent again", () => {
    const batch = createSampleBatch();
    for (const i of ["1", "2"]) {
      addSample(
        batch,
        seriesOf(
          labelsOf([
            ["__name__", "m"],
            ["i", i],
          ]),
        ),
        { timeMs: 1, value: 1 },
      );
    }
    const body = encodeWriteRequest(batch);
    expect(exporter.classify(answer(400, "no", counts(1)), { ...context, body })).toMatchObject({ kind: "refused" });
    const twice = new Uint8Array([...body, ...body]);
    expect(exporter.classify(answer(400, "no", counts(1)), { ...context, body: twice })).toMatchObject({ rejected: 3 });
  });

  it("leaves to the receiver what is not a request", () => {
    const { headers } = exporter.request({ ...payload, body: Uint8Array.of(0x0a, 9) }, "http://p/write");
    expect(headers["x-prometheus-remote-write-version"]).toBe("0.1.0");
  });

  it.each([
    ["everything written", answer(204, "", counts(3)), { kind: "delivered", rejected: 0 }],
    ["counts in several headers", answer(204, "", counts(2, 1)), { kind: "delivered", rejected: 0 }],
    [
      "fewer written than sent",
      answer(204, "", counts(1)),
      { kind: "delivered", rejected: 2, message: "the receiver has written 1 of 3 samples, histograms and exemplars" },
    ],
    [
      "some refused, the rest written",
      answer(400, "out of order sample", counts(2)),
      { kind: "delivered", rejected: 1, message: "HTTP 400: out of order sample" },
    ],
    ["everything refused", answer(400, "out of order sample", counts(0)), { kind: "refused", status: 400 }],
    ["no counts at all", answer(204), { kind: "misconfigured", status: 204 }],
    ["a count that is none", answer(204, "", { "x-prometheus-remote-write-samples-written": "-1" }), { status: 204 }],
    ["too much", answer(413), { kind: "refused", reason: "too-large" }],
    ["later", answer(503, "", counts(2)), { kind: "retry" }],
    ["no answer", { kind: "failed", reason: "ECONNREFUSED", permanent: false } as const, { kind: "retry" }],
  ])("judges %s", (_, given, verdict) => {
    expect(exporter.classify(given, { ...context, body: payload.body })).toMatchObject(verdict);
  });

  it.each([
    [answer(415, "unknown proto"), true],
    [answer(400, "bad"), true],
    [answer(204), true],
    [answer(204, "", counts(0)), false],
    [answer(400, "", counts(0)), false],
    [answer(503), false],
    [answer(401), false],
    [{ kind: "failed", reason: "reset", permanent: false } as const, false],
  ])("falls back to 1.0 after %j: %s", (given, due) => {
    expect(exporter.fallback?.isDue(given)).toBe(due);
    expect(exporter.fallback?.to).toBe(remoteWriteExporter);
  });
});
