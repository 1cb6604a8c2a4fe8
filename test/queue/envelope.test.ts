import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch, DeadLetterHeader } from "../../shared/batch/batch.ts";
import {
  decodeEnvelope,
  encodeBinaryEnvelope,
  encodeEnvelope,
  maxMessageBytes,
  maxPayloadBytes,
} from "../../shared/queue/envelope.ts";
import { anyText } from "../support/any-text.ts";

const payload = gzipSync(Buffer.from("an export request"));
const batch: Batch = {
  format: "otlp/traces",
  destination: "grafana-cloud",
  items: 3,
  bytes: 17,
  encoding: "gzip",
  payload,
  acceptedAt: 1_790_000_000_000,
};
const deadLetter: DeadLetterHeader = {
  id: "0192",
  reason: "rejected",
  status: 400,
  message: "no such tenant\u0000\u{1F6AB}\uFFFE\uD800",
  firstAttemptAt: 1,
  lastAttemptAt: 2,
  attempts: 3,
  services: ["checkout", "zahlung-ü"],
  oldestAt: 4,
  newestAt: 5,
  replays: 0,
};

describe("encodeEnvelope()", () => {
  it("writes a line of JSON that people can read, then the payload in base64", () => {
    const [header = "", body] = encodeEnvelope(batch).split("\n");
    expect(JSON.parse(header)).toEqual({
      v: 1,
      signal: "traces",
      format: "otlp/traces",
      destination: "grafana-cloud",
      items: 3,
      bytes: 17,
      encoding: "gzip",
      acceptedAt: 1_790_000_000_000,
    });
    expect(body).toBe(payload.toString("base64"));
  });

  it("writes only characters that SQS takes, one byte each, whatever the destination said", () => {
    fc.assert(
      fc.property(anyText(), fc.uint8Array(), (message, bytes) => {
        const identity = { encoding: "identity", payload: bytes, bytes: bytes.length } as const;
        const body = encodeEnvelope({ ...batch, ...identity, deadLetter: { ...deadLetter, message } });
        expect(body).toMatch(/^[ -~]+\n[A-Za-z0-9+/=]*$/);
      }),
    );
  });

  it("leaves room for the dead letter, so that the largest batch can still be parked", () => {
    const words = "\u{1F6AB}".repeat(10_000);
    const services = Array.from({ length: 100 }, () => words);
    const full = {
      ...batch,
      encoding: "identity",
      payload: Buffer.alloc(maxPayloadBytes),
      bytes: maxPayloadBytes,
    } as const;
    const parked = encodeEnvelope({ ...full, deadLetter: { ...deadLetter, message: words, services } });
    expect(parked.length).toBeLessThanOrEqual(maxMessageBytes);
    expect(decodeEnvelope(parked).kind).toBe("batch");
  });
});

describe("decodeEnvelope()", () => {
  it("reads what encodeEnvelope() wrote", () => {
    for (const written of [batch, { ...batch, deadLetter, history: { requeues: 2, replays: 1 } }]) {
      expect(decodeEnvelope(encodeEnvelope(written))).toEqual({ kind: "batch", batch: written });
    }
  });

  it("reads the first version of the format forever", () => {
    const stored =
      '{"v":1,"signal":"logs","destination":"grafana-cloud","items":1,"bytes":3,"encoding":"identity","acceptedAt":1790000000000}\nAQID';
    const decoded = decodeEnvelope(stored);
    const payload = Buffer.from([1, 2, 3]);
    const acceptedAt = 1_790_000_000_000;
    const expected = {
      format: "otlp/logs",
      destination: "grafana-cloud",
      items: 1,
      bytes: 3,
      encoding: "identity",
      acceptedAt,
      payload,
    };
    expect(decoded).toEqual({ kind: "batch", batch: expected });
  });

  it("reads what 0.1.0 sent on and replayed", () => {
    const stored =
      '{"v":1,"signal":"metrics","destination":"grafana-cloud","items":1,"bytes":3,"encoding":"identity","acceptedAt":1790000000000,' +
      '"requeues":2,"replays":1,"replayOf":"a1"}\nAQID';
    expect(decodeEnvelope(stored)).toMatchObject({
      batch: { format: "otlp/metrics", history: { requeues: 2, replays: 1, replayOf: "a1" } },
    });
  });

  it.each([
    ["another format", { format: "prometheus/write" }],
    ["a tenant", { tenant: "blue" }],
  ] as const)("keeps %s from a release that would post it as something else", (_, change) => {
    const written: Batch = { ...batch, ...change };
    const body = encodeEnvelope(written);
    const [header = ""] = body.split("\n");
    expect(JSON.parse(header)).toMatchObject({ v: 2, ...change });
    expect(JSON.parse(header)).not.toHaveProperty("signal");
    expect(decodeEnvelope(body)).toEqual({ kind: "batch", batch: written });
  });

  it("reads the dead letters of the first version forever", () => {
    const stored =
      '{"v":1,"signal":"logs","destination":"grafana-cloud","items":1,"bytes":3,"encoding":"identity","acceptedAt":1790000000000,' +
      '"deadLetter":{"id":"a1","reason":"rejected","status":400,"message":"HTTP 400: too old","firstAttemptAt":1790000001000,' +
      '"lastAttemptAt":1790000002000,"attempts":2,"services":["checkout"],"oldestAt":1789990000000,"newestAt":1790000000000,"replays":0}}\nAQID';
    const decoded = decodeEnvelope(stored);
    expect(decoded.kind === "batch" && decoded.batch.deadLetter).toEqual({
      id: "a1",
      reason: "rejected",
      status: 400,
      message: "HTTP 400: too old",
      firstAttemptAt: 1_790_000_001_000,
      lastAttemptAt: 1_790_000_002_000,
      attempts: 2,
      services: ["checkout"],
      oldestAt: 1_789_990_000_000,
      newestAt: 1_790_000_000_000,
      replays: 0,
    });
  });

  it("ignores header keys that it does not know", () => {
    const body = encodeEnvelope(batch).replace('"v":1', '"v":1,"tenant":"blue"');
    expect(decodeEnvelope(body)).toEqual({ kind: "batch", batch });
  });

  const header = (change: object) => {
    const { payload: _, ...fields } = batch;
    return `${JSON.stringify({ v: 1, signal: "traces", ...fields, ...change })}\n${payload.toString("base64")}`;
  };
  const body = encodeEnvelope(batch);
  it.each([
    ["an empty text", "", /header line/],
    ["a foreign message", '{"Records":[]}', /header line/],
    ["a header that is not JSON", "v1\nAAAA", /not a JSON object/],
    ["a header that is an array", "[]\nAAAA", /not a JSON object/],
    ["a version from the future", header({ v: 3 }), /version 3/],
    ["a format from the future", header({ v: 2, format: "otlp/profiles" }), /format otlp\/profiles/],
    ["no format", header({ v: 2, format: undefined }), /format undefined/],
    ["no version", header({ v: undefined }), /version undefined/],
    ["an unknown signal", header({ signal: "profiles" }), /profiles/],
    ["a signal named after a property of objects", header({ signal: "constructor" }), /constructor/],
    ["no destination", header({ destination: null }), /destination/],
    ["a count that is text", header({ items: "3" }), /items/],
    ["a negative size", header({ bytes: -1 }), /bytes/],
    ["an unknown encoding", header({ encoding: "zstd" }), /zstd/],
    ["a dead letter that is text", header({ deadLetter: "x" }), /deadLetter/],
    ["a payload cut at its end", body.slice(0, -4), /not whole|not base64|not gzip/],
    ["a payload cut inside a quantum", body.slice(0, -1), /not base64/],
    ["a payload with foreign characters", `${body.slice(0, -4)}*&^%`, /not base64/],
    ["no payload", body.slice(0, body.indexOf("\n") + 1), /not gzip/],
    ["a payload of another size", header({ bytes: 18 }), /size/],
    ["an identity payload of another size", header({ encoding: "identity", bytes: 18 }), /size/],
  ])("refuses %s", (_, text, message) => {
    expect(decodeEnvelope(text)).toEqual({ kind: "undecodable", message: expect.stringMatching(message) });
  });

  it("never throws, whatever it is given", () => {
    const mutated = fc
      .tuple(fc.nat(body.length), fc.string())
      .map(([at, text]) => body.slice(0, at) + text + body.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(anyText(), mutated), (text) => {
        expect(["batch", "undecodable"]).toContain(decodeEnvelope(text).kind);
      }),
    );
  });
});

describe("encodeBinaryEnvelope()", () => {
  it("writes the same header line, then the payload as it is, and is read back", () => {
    const body = Buffer.from(encodeBinaryEnvelope({ ...batch, deadLetter }));
    const end = body.indexOf("\n");
    expect(body.toString("latin1", 0, end)).toBe(encodeEnvelope({ ...batch, deadLetter }).split("\n")[0]);
    expect(body.subarray(end + 1)).toEqual(payload);
    expect(decodeEnvelope(body)).toEqual(decodeEnvelope(encodeEnvelope({ ...batch, deadLetter })));
  });

  it("reads no bytes that are not whole as a batch, and never throws", () => {
    const body = encodeBinaryEnvelope(batch);
    for (let end = 0; end < body.length; end++) {
      expect(decodeEnvelope(body.subarray(0, end)).kind).toBe("undecodable");
    }
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeEnvelope(bytes).kind).toBe("undecodable");
      }),
    );
  });
});
