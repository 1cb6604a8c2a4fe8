import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { acceptedEncodings, decodeMessage, refuseEncoding } from "../../shared/grpc/encoding.ts";

const text = Buffer.from("telemetry ".repeat(50));
const compressed = (bytes: Uint8Array) => ({ compressed: true, bytes });
const spoiled = (gzip: Buffer) => gzip.fill(7, gzip.length - 8, gzip.length - 4);

describe("decodeMessage()", () => {
  it.each([
    ["gzip", gzipSync(text)],
    ["GZIP", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["zstd", zstdCompressSync(text)],
  ])("decompresses %s", (encoding, bytes) => {
    expect(decodeMessage(compressed(bytes), encoding, 1000)).toMatchObject({ kind: "decoded", bytes: text });
  });

  it("keeps a single gzip member as it came", () => {
    const bytes = gzipSync(text);
    expect(decodeMessage(compressed(bytes), "gzip", 1000)).toMatchObject({ gzip: bytes });
  });

  it.each([undefined, "identity", "gzip"])("takes a message with flag 0 as it is under %s", (encoding) => {
    expect(decodeMessage({ compressed: false, bytes: text }, encoding, 1000)).toEqual({ kind: "decoded", bytes: text });
  });

  it.each([
    ["flag 1 without an encoding", text, undefined, 13],
    ["flag 1 with identity", text, "identity", 13],
    ["what is not gzip", text, "gzip", 13],
    ["gzip without its last four bytes", gzipSync(text).subarray(0, -4), "gzip", 13],
    ["gzip with a wrong checksum", spoiled(gzipSync(text)), "gzip", 13],
    ["gzip with garbage behind it", Buffer.concat([gzipSync(text), Buffer.from("xxxx")]), "gzip", 13],
    ["a bomb", gzipSync(Buffer.alloc(10_000_000)), "gzip", 8],
    ["an encoding it does not know", text, "br", 12],
  ])("refuses %s", (_, bytes, encoding, code) => {
    const decoded = decodeMessage(compressed(bytes), encoding, 1000);
    expect(decoded).toMatchObject({ kind: "refused", status: { code } });
    expect(decoded).not.toHaveProperty("status.retryAfterMs");
  });
});

describe("refuseEncoding()", () => {
  it.each([undefined, "identity", "gzip", "zstd", "deflate", "snappy"])("has nothing against %s", (encoding) => {
    expect(refuseEncoding(encoding)).toBeUndefined();
  });

  it("refuses what is not in grpc-accept-encoding", () => {
    expect(refuseEncoding("br")).toMatchObject({ code: 12, message: expect.stringContaining(acceptedEncodings) });
  });
});
