import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Accept } from "../../../shared/batch/accept.ts";
import type { HttpRequest } from "../../../shared/http/message.ts";
import { decodeResponse } from "../../../shared/otlp/response.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import { decodeStatus } from "../../../shared/rpc/status.ts";
import { secret } from "../../../shared/secret.ts";
import type { SignalName } from "../../../shared/signal.ts";
import { request, setUpReceive as setUp } from "../../support/destination/receiver.ts";
import { jsonSpan, oneLog, onePoint, oneSpan } from "../../support/otlp/cases/bodies.ts";
import { lengthDelimited } from "../../support/otlp/wire-tree.ts";

const jsonHeaders = { "content-type": "application/json" };

describe("createReceive()", () => {
  it.each([
    ["traces", oneSpan, "0a090801120568656c6c6f", "rejectedSpans"],
    ["metrics", onePoint, "0a090801120568656c6c6f", "rejectedDataPoints"],
    ["logs", oneLog, "0a090801120568656c6c6f", "rejectedLogRecords"],
  ] as const)("answers partial success for %s in both encodings", async (signal, body, wire, field) => {
    const acceptance = { kind: "accepted", rejected: { items: 1, message: "hello" } } as const;
    const { receive, events } = setUp({ acceptance });
    const { path } = signals[signal];
    const protobuf = await receive(request({ path, body }));
    expect(protobuf.status).toBe(200);
    expect(Buffer.from(protobuf.body).toString("hex")).toBe(wire);
    const json = await receive(request({ path, headers: jsonHeaders, body: Buffer.from('{"resourceX":[]}') }));
    // Nothing was in it, so nothing was to be made durable.
    expect(Buffer.from(json.body).toString()).toBe("{}");
    const whole = await receive(request({ path, headers: jsonHeaders, body: jsonOf(signal) }));
    expect(JSON.parse(Buffer.from(whole.body).toString())).toEqual({
      partialSuccess: { [field]: "1", errorMessage: "hello" },
    });
    expect(decodeResponse(whole.body, signals[signal], "json")).toEqual({ rejected: 1, message: "hello" });
    expect(events).toContainEqual({ name: "items.rejected", fields: { signal, items: 1, message: "hello" } });
    expect(events[0]).toMatchObject({ name: "request.accepted", fields: { items: 0 } });
  });

  it.each([
    ["a fraction of a second", 1, 1],
    ["nothing", 0, 1],
    ["whole seconds", 5000, 5],
    ["a little more than whole seconds", 5001, 6],
  ])("answers 503 with whole seconds when accepting asks for %s", async (_, retryAfterMs, seconds) => {
    const acceptance = { kind: "unavailable", reason: "SQS at 10.0.0.1 is down", retryAfterMs } as const;
    const { receive, events } = setUp({ acceptance });
    const answer = await receive(request());
    expect(answer.status).toBe(503);
    expect(answer.headers).toEqual({ "content-type": "application/x-protobuf", "retry-after": String(seconds) });
    const status = decodeStatus(answer.body, "protobuf");
    expect(status).toMatchObject({ code: 14, retryAfterMs: seconds * 1000 });
    expect(status?.message).not.toContain("10.0.0.1");
    expect(events).toEqual([
      {
        name: "request.unavailable",
        fields: { signal: "traces", transport: "http", reason: "SQS at 10.0.0.1 is down", retryAfterMs },
      },
    ]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new RangeError("Array buffer allocation failed");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no such thing"))],
  ])("answers 503 and tells of the crash when accepting %s", async (_, accept) => {
    const { receive, events } = setUp({ accept: accept as Accept });
    const answer = await receive(request({ headers: jsonHeaders, body: Buffer.from(jsonSpan()) }));
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("5");
    expect(decodeStatus(answer.body, "json")).toMatchObject({ code: 14, retryAfterMs: 5000 });
    expect(events.map(({ name }) => name)).toEqual(["code.crashed"]);
  });

  it("hands a request of one gzip member on as it came, beside its bytes", async () => {
    const { receive, received } = setUp();
    const body = gzipSync(oneSpan);
    await receive(request({ headers: { ...request().headers, "content-encoding": "gzip" }, body }));
    expect(received).toEqual([{ format: "otlp/traces", items: 1, bytes: oneSpan, gzip: body }]);
  });

  it.each<[string, Partial<HttpRequest>]>([
    ["gzip in two members", { headers: coded("gzip"), body: Buffer.concat([gzipSync(oneSpan), gzipSync(oneSpan)]) }],
    ["gzip of JSON", { headers: coded("gzip", "application/json"), body: gzipSync(jsonSpan()) }],
    ["no coding", {}],
  ])("hands on no gzip for %s", async (_, given) => {
    const { receive, received } = setUp();
    expect((await receive(request(given))).status).toBe(200);
    expect(received[0]).not.toHaveProperty("gzip");
  });

  it("passes the abort signal on", async () => {
    const aborts: unknown[] = [];
    const accept: Accept = async (_, abort) => {
      aborts.push(abort);
      return { kind: "accepted" };
    };
    const { receive } = setUp({ accept });
    const { signal } = new AbortController();
    await receive(request(), { abort: signal });
    expect(aborts).toEqual([signal]);
  });

  it.each([
    ["GET", 200, "ok\n"],
    ["HEAD", 200, ""],
  ])("answers %s /health without accepting anything, whoever asks", async (method, status, body) => {
    const { receive, received, events } = setUp({ auth: () => [secret("token")] });
    const answer = await receive({ method, path: "/health", headers: {}, body: new Uint8Array() });
    expect([answer.status, Buffer.from(answer.body).toString()]).toEqual([status, body]);
    expect([received, events]).toEqual([[], []]);
  });

  it.each([
    ["a path", { path: `/${"x".repeat(100_000)}` }],
    ["a method", { method: "X".repeat(100_000) }],
    ["a content type", { headers: { "content-type": "x".repeat(100_000) } }],
    ["a content encoding", { headers: coded("x".repeat(100_000)) }],
    ["a content encoding that the body does not have", { headers: coded(`${"identity,".repeat(10_000)}gzip`) }],
    ["a key", { headers: jsonHeaders, body: Buffer.from(`{"resourceSpans":{"${"x".repeat(100_000)}":1}}`) }],
  ])("does not echo %s without bounds", async (_, given) => {
    const { receive, events } = setUp();
    const answer = await receive(request(given));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.length).toBeLessThan(1000);
    expect(JSON.stringify(events).length).toBeLessThan(1000);
  });

  it("escapes control characters of the sender in its messages", async () => {
    const { receive, events } = setUp();
    await receive(request({ path: "/v1/\u001b[31m\nlog line" }));
    const said = events.map(({ fields }) => Object.values(fields).join(" ")).join(" ");
    expect(said).toContain("log line");
    expect(said.split("").every((letter) => letter >= " ")).toBe(true);
  });

  it.each<[string, Partial<HttpRequest>, number, string]>([
    ["path", { path: "/" }, 404, "path"],
    ["method", { method: "GET" }, 405, "method"],
    ["content type", { headers: {} }, 415, "content-type"],
    ["content encoding", { headers: coded("br") }, 415, "content-encoding"],
    ["coded content", { headers: coded("gzip") }, 400, "content"],
    ["size", { body: new Uint8Array(1_000_001) }, 413, "too-large"],
    ["protobuf", { body: Buffer.from("ff", "hex") }, 400, "malformed"],
    ["JSON", { headers: jsonHeaders, body: Buffer.from("{") }, 400, "malformed"],
  ])("tells the class of what it refuses: %s", async (_, given, status, reason) => {
    const { receive, events } = setUp();
    await receive(request(given));
    expect(events).toMatchObject([{ name: "request.refused", fields: { transport: "http", status, reason } }]);
  });

  it("answers 413 to JSON that fits the limit but whose protobuf does not", async () => {
    const { receive, received, events } = setUp({ maxBodyBytes: 100_000 });
    const [path, headers] = ["/v1/metrics", jsonHeaders];
    const numbers = (count: number) =>
      Buffer.from(jsonHistogram(`"explicitBounds":[${Array(count).fill("1").join()}]`));
    const answer = await receive(request({ path, headers, body: numbers(13_000) }));
    expect(answer.status).toBe(413);
    expect(decodeStatus(answer.body, "json")?.message).toContain("100000 bytes");
    expect([received, events.map(({ fields }) => fields)]).toMatchObject([[], [{ reason: "too-large" }]]);
    expect((await receive(request({ path, headers, body: numbers(12_000) }))).status).toBe(200);
  });

  it.each<[string, Partial<HttpRequest>]>([
    ["protobuf", { body: lengthDelimited(1, lengthDelimited(2, Buffer.alloc(8_400_000, "1200", "hex"))) }],
    ["JSON", { headers: jsonHeaders, body: Buffer.from(`{"resourceSpans":[${"{},".repeat(4_200_000)}{}]}`) }],
  ])("answers 413 to millions of empty spans or resources in %s", async (_, given) => {
    const { receive, received, events } = setUp({ maxBodyBytes: 2 ** 26 });
    const answer = await receive(request(given));
    expect(answer.status).toBe(413);
    const message = "The request has more than 4194304 spans and groups of them. Send smaller batches.";
    expect([received, events]).toMatchObject([[], [{ fields: { reason: "too-large", message } }]]);
  });

  it("names the field and the byte in the refusal's BadRequest", async () => {
    const { receive } = setUp();
    const answer = await receive(request({ path: "/v1/logs" }));
    const status = decodeStatus(answer.body, "protobuf");
    expect(status?.violations).toEqual([
      {
        field: "resource_logs[0].scope_logs[0].log_records[0].time_unix_nano",
        description: expect.stringMatching(/\(byte 29\)$/),
      },
    ]);
    expect(status?.message).toContain("at resource_logs[0].scope_logs[0].log_records[0].time_unix_nano, byte 29");
  });
});

function coded(coding: string, type = "application/x-protobuf") {
  return { "content-type": type, "content-encoding": coding };
}

function jsonHistogram(point: string): string {
  return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{${point}}]}}]}]}]}`;
}

function jsonOf(signal: SignalName): Buffer {
  const whole = {
    traces: { resourceSpans: [{ scopeSpans: [{ spans: [{}] }] }] },
    metrics: { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ gauge: { dataPoints: [{}] } }] }] }] },
    logs: { resourceLogs: [{ scopeLogs: [{ logRecords: [{}] }] }] },
  };
  return Buffer.from(JSON.stringify(whole[signal]));
}
