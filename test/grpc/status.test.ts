import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentEncode, statusTrailers } from "../../shared/grpc/status.ts";

describe("statusTrailers()", () => {
  it("says nothing but 0 for success", () => {
    expect(statusTrailers({ code: 0, message: "" })).toEqual({ "grpc-status": "0" });
  });

  it("carries RetryInfo as the unpadded base64 of a google.rpc.Status", () => {
    expect(statusTrailers({ code: 14, message: "Server is unavailable", retryAfterMs: 5000 })).toEqual({
      "grpc-status": "14",
      "grpc-message": "Server is unavailable",
      "grpc-status-details-bin":
        "CA4SFVNlcnZlciBpcyB1bmF2YWlsYWJsZRowCih0eXBlLmdvb2dsZWFwaXMuY29tL2dvb2dsZS5ycGMuUmV0cnlJbmZvEgQKAggF",
    });
  });

  it("carries field violations", () => {
    const violations = [{ field: "resourceSpans[0]", description: "trace_id must be 16 bytes" }];
    const details = statusTrailers({ code: 3, message: "bad", violations })["grpc-status-details-bin"] ?? "";
    expect(Buffer.from(details, "base64").toString("hex")).toBe(
      "080312036261641a5c0a29747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e42616452657175657374122f0a2d0a107265736f757263655370616e735b305d121974726163655f6964206d757374206265203136206279746573",
    );
  });

  it("has no details without anything more to say", () => {
    expect(Object.keys(statusTrailers({ code: 8, message: "quota" }))).toEqual(["grpc-status", "grpc-message"]);
  });

  it("bounds the message", () => {
    expect(statusTrailers({ code: 3, message: "x".repeat(10_000) })["grpc-message"]).toHaveLength(1024);
  });
});

describe("percentEncode()", () => {
  it.each([
    ["plain ~ text!", "plain ~ text!"],
    ["100%", "100%25"],
    ["a\nb", "a%0Ab"],
    ["ü", "%C3%BC"],
    ["😀", "%F0%9F%98%80"],
    ["\u007f", "%7F"],
  ])("writes %j as %j", (text, encoded) => {
    expect(percentEncode(text)).toBe(encoded);
  });

  it("writes printable ASCII that decodes to the same text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const encoded = percentEncode(text);
        expect(encoded).toMatch(/^[ -~]*$/);
        expect(decodeURIComponent(encoded)).toBe(text);
      }),
    );
  });
});
