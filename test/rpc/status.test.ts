import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Encoding } from "../../shared/otlp/encoding.ts";
import type { RpcStatus } from "../../shared/rpc/rpc-status.ts";
import { decodeStatus, encodeStatus } from "../../shared/rpc/status.ts";

const encodings: readonly Encoding[] = ["protobuf", "json"];
const path = "resourceSpans[0]";

const onTheWire: [string, RpcStatus, string][] = [
  ["a code and a message", { code: 3, message: "bad" }, "08031203626164"],
  ["a code alone", { code: 8, message: "quota" }, "0808120571756f7461"],
  [
    "RetryInfo of 5 s",
    { code: 14, message: "Server is unavailable", retryAfterMs: 5000 },
    "080e121553657276657220697320756e617661696c61626c651a300a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e5265747279496e666f12040a020805",
  ],
  [
    "RetryInfo of 13 s",
    { code: 8, message: "quota", retryAfterMs: 13_000 },
    "0808120571756f74611a300a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e5265747279496e666f12040a02080d",
  ],
  [
    "BadRequest",
    { code: 3, message: "bad", violations: [{ field: path, description: "trace_id must be 16 bytes" }] },
    "080312036261641a5c0a29747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e42616452657175657374122f0a2d0a107265736f757263655370616e735b305d121974726163655f6964206d757374206265203136206279746573",
  ],
];

const inJson: [string, RpcStatus, string][] = [
  ["a code and a message", { code: 3, message: "bad" }, '{"code":3,"message":"bad"}'],
  [
    "RetryInfo",
    { code: 14, message: "later", retryAfterMs: 1500 },
    '{"code":14,"message":"later","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.500s"}]}',
  ],
  [
    "RetryInfo of whole seconds",
    { code: 14, message: "later", retryAfterMs: 5000 },
    '{"code":14,"message":"later","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"5s"}]}',
  ],
  [
    "BadRequest",
    { code: 3, message: "bad", violations: [{ field: path, description: "wrong" }] },
    '{"code":3,"message":"bad","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"resourceSpans[0]","description":"wrong"}]}]}',
  ],
];

describe("encodeStatus()", () => {
  it.each(onTheWire)("writes %s as protobuf", (_name, status, hex) => {
    expect(Buffer.from(encodeStatus(status, "protobuf")).toString("hex")).toBe(hex);
  });

  it.each(inJson)("writes %s as JSON", (_name, status, json) => {
    expect(new TextDecoder().decode(encodeStatus(status, "json"))).toBe(json);
  });

  it.each(encodings)("cuts texts and lists that are too long in %s", (encoding) => {
    const violations = new Array(10_000).fill({ field: "f".repeat(10_000), description: "d".repeat(10_000) });
    expect(encodeStatus({ code: 3, message: "m".repeat(1e7), violations }, encoding).length).toBeLessThan(1_000_000);
  });

  it.each(encodings)("asks for whole milliseconds that are not negative in %s", (encoding) => {
    const delayOf = (retryAfterMs: number) =>
      decodeStatus(encodeStatus({ code: 14, message: "later", retryAfterMs }, encoding), encoding)?.retryAfterMs;
    expect([-5, 0, 0.2].map(delayOf)).toEqual([0, 0, 1]);
  });

  it.each(encodings)("replaces half a surrogate pair in %s", (encoding) => {
    const body = encodeStatus({ code: 3, message: "a\ud83d" }, encoding);
    expect(decodeStatus(body, encoding)?.message).toBe("a\ufffd");
  });
});

describe("decodeStatus()", () => {
  it.each(encodings)("reads what encodeStatus() wrote in %s", (encoding) => {
    const texts = fc.string({ unit: "grapheme", maxLength: 40 });
    const statuses = fc.record(
      {
        code: fc.integer({ min: 0, max: 16 }),
        message: texts,
        retryAfterMs: fc.nat({ max: 1e9 }),
        violations: fc.array(fc.record({ field: texts, description: texts }), { maxLength: 5 }),
      },
      { requiredKeys: ["code", "message"] },
    );
    fc.assert(
      fc.property(statuses, (status) => {
        expect(decodeStatus(encodeStatus(status, encoding), encoding)).toEqual(status);
      }),
    );
  });

  const unreadable: [string, Encoding, Uint8Array][] = [
    ["an HTML page", "json", Buffer.from("<html></html>")],
    ["an empty body", "json", Buffer.from("")],
    ["an array", "json", Buffer.from("[]")],
    ["an object of another kind", "json", Buffer.from('{"error":"nope"}')],
    ["an HTML page", "protobuf", Buffer.from("<html></html>")],
    ["a truncated message", "protobuf", Buffer.from("080312ff", "hex")],
    ["a million nested groups", "protobuf", new Uint8Array(1_000_000).fill(0x0b)],
    ["more than a response may hold", "json", Buffer.alloc(5_000_000, " ")],
  ];
  it.each(unreadable)("does not take %s for a status (%s)", (_name, encoding, body) => {
    expect(decodeStatus(body, encoding)).toBeUndefined();
  });

  it("passes over details that it does not know or cannot read", () => {
    const details = [
      null,
      1,
      { "@type": "x" },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "-1s" },
    ];
    const body = Buffer.from(JSON.stringify({ code: "14", message: "later", details }));
    expect(decodeStatus(body, "json")).toEqual({ code: 14, message: "later" });
  });

  it("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(...encodings), (body, encoding) => {
        decodeStatus(body, encoding);
      }),
    );
  });
});
