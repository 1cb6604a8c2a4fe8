import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Encoding } from "../../shared/otlp/encoding.ts";
import { decodeResponse, encodeResponse } from "../../shared/otlp/response.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { signalNames } from "../../shared/signal.ts";

const text = new TextEncoder();
const encodings: readonly Encoding[] = ["protobuf", "json"];

describe("encodeResponse()", () => {
  it.each(signalNames)("leaves partial success unset when all %s were taken", (name) => {
    expect(encodeResponse(signals[name], "protobuf")).toHaveLength(0);
    expect(encodeResponse(signals[name], "protobuf", { rejected: 0, message: "" })).toHaveLength(0);
    expect(readable(encodeResponse(signals[name], "json"))).toBe("{}");
    expect(readable(encodeResponse(signals[name], "json", { rejected: 0, message: "" }))).toBe("{}");
  });

  it("writes the count and the reason of what was not taken", () => {
    const partial = { rejected: 1, message: "hello" };
    expect(hex(encodeResponse(signals.traces, "protobuf", partial))).toBe("0a090801120568656c6c6f");
    expect(readable(encodeResponse(signals.traces, "json", partial))).toBe(
      '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"hello"}}',
    );
    expect(readable(encodeResponse(signals.metrics, "json", partial))).toContain('"rejectedDataPoints":"1"');
    expect(readable(encodeResponse(signals.logs, "json", partial))).toContain('"rejectedLogRecords":"1"');
  });

  it("writes a warning without a count", () => {
    const warning = { rejected: 0, message: "warn" };
    expect(hex(encodeResponse(signals.logs, "protobuf", warning))).toBe("0a0612047761726e");
    expect(readable(encodeResponse(signals.logs, "json", warning))).toBe('{"partialSuccess":{"errorMessage":"warn"}}');
  });

  it.each(encodings)("cuts an endless message in %s", (encoding) => {
    const body = encodeResponse(signals.logs, encoding, { rejected: 1, message: "x".repeat(5_000_000) });
    expect(body.length).toBeLessThan(5_000);
  });
});

describe("decodeResponse()", () => {
  it.each(encodings)("reads what encodeResponse() wrote in %s", (encoding) => {
    const partials = fc.record({ rejected: fc.maxSafeNat(), message: fc.string({ unit: "grapheme", maxLength: 60 }) });
    fc.assert(
      fc.property(partials, fc.constantFrom(...signalNames), (partial, name) => {
        const said = partial.rejected !== 0 || partial.message !== "";
        const body = encodeResponse(signals[name], encoding, partial);
        expect(decodeResponse(body, signals[name], encoding)).toEqual(said ? partial : undefined);
      }),
    );
  });

  const unreported: [string, Encoding, Uint8Array][] = [
    ["an empty body", "protobuf", bytes("")],
    ["a partial success that says nothing", "protobuf", bytes("0a00")],
    ["an empty body", "json", text.encode("")],
    ["an empty object", "json", text.encode("{}")],
    ["a partial success that says nothing", "json", text.encode('{"partialSuccess":{}}')],
    ["null", "json", text.encode('{"partialSuccess":null}')],
    ["a field of a later version beside it", "json", text.encode('{"partialSuccess":{},"later":1}')],
  ];
  it.each(unreported)("takes %s (%s) for full success", (_name, encoding, body) => {
    expect(decodeResponse(body, signals.traces, encoding)).toBeUndefined();
  });

  const unreadable: [string, Encoding, Uint8Array][] = [
    ["a truncated message", "protobuf", bytes("01")],
    ["a length past the end", "protobuf", bytes("0a05")],
    ["an unterminated group", "protobuf", bytes("0b")],
    ["a million nested groups", "protobuf", new Uint8Array(1_000_000).fill(0x0b)],
    ["a page to sign in", "protobuf", text.encode("<!doctype html><title>Sign in</title>")],
    ["an array", "json", text.encode("[]")],
    ["text", "json", text.encode("OK")],
    ["another service's answer", "json", text.encode('{"status":"ok"}')],
    ["invalid UTF-8", "json", Uint8Array.of(0xff)],
    ["a million brackets", "json", text.encode("[".repeat(1_000_000))],
  ];
  it.each(unreadable)("does not take %s (%s) for success", (_name, encoding, body) => {
    expect(decodeResponse(body, signals.traces, encoding)).toBe("unreadable");
  });

  it.each(encodings)("reads the count of a partial success in %s that was cut short", (encoding) => {
    const whole = encodeResponse(signals.logs, encoding, { rejected: 7, message: "because ".repeat(100) });
    expect(decodeResponse(whole.subarray(0, 60), signals.logs, encoding)).toMatchObject({ rejected: 7 });
  });

  const tolerated: [string, string, unknown][] = [
    ["a count as a number", '{"partialSuccess":{"rejectedSpans":3}}', { rejected: 3, message: "" }],
    [
      "snake_case names",
      '{"partial_success":{"rejected_spans":"3","error_message":"m"}}',
      { rejected: 3, message: "m" },
    ],
    ["a negative count", '{"partialSuccess":{"rejectedSpans":-3,"errorMessage":"m"}}', { rejected: 0, message: "m" }],
    [
      "a count that is not a number",
      '{"partialSuccess":{"rejectedSpans":"x","errorMessage":"m"}}',
      { rejected: 0, message: "m" },
    ],
  ];
  it.each(tolerated)("tolerates %s", (_name, body, expected) => {
    expect(decodeResponse(text.encode(body), signals.traces, "json")).toEqual(expected);
  });

  it.each(encodings)("never throws on any bytes in %s", (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (body) => void decodeResponse(body, signals.logs, encoding)),
    );
  });
});

function hex(body: Uint8Array): string {
  return Buffer.from(body).toString("hex");
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

function readable(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}
