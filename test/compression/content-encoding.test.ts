import { crc32, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DecodedContent, decodeContent } from "../../shared/compression/content-encoding.ts";
import { snappyBlock, snappyFramed } from "../support/otlp/snappy.ts";

const text = Buffer.from("hello world, ".repeat(500));
const limit = 1024 * 1024;
const identifier = Buffer.from("ff060000734e61507059", "hex");
const skippable = Buffer.from("502a4d1804000000aabbccdd", "hex");
const gz = gzipSync(text);
const zst = zstdCompressSync(text);

function decode(body: Uint8Array, header: string | undefined, maxBytes = limit): DecodedContent {
  return decodeContent(body, header, maxBytes);
}

describe("decodeContent()", () => {
  it.each<[string, string | undefined, Uint8Array]>([
    ["no header", undefined, text],
    ["an empty header", "", text],
    ["identity", "identity", text],
    ["IDENTITY", "IDENTITY", text],
    ["identity beside gzip", "gzip, identity", gz],
    ["gzip", "gzip", gz],
    ["GZIP", "GZIP", gz],
    [" gzip ", " gzip ", gz],
    ["x-gzip", "x-gzip", gz],
    ["deflate", "deflate", deflateSync(text)],
    ["zlib", "zlib", deflateSync(text)],
    ["zstd", "zstd", zst],
    ["Zstd", "Zstd", zst],
    ["snappy, a block", "snappy", snappyBlock(text)],
    ["snappy, framed", "snappy", snappyFramed(text)],
    ["x-snappy-framed", "x-snappy-framed", snappyFramed(text)],
    ["snappy, framed, with its identifier twice", "snappy", Buffer.concat([identifier, snappyFramed(text)])],
    ["gzip with a checksum of its header", "gzip", withHeaderChecksum(gz)],
  ])("takes off: %s", (_, header, body) => {
    const content = decode(body, header);
    expect(content.kind).toBe("decoded");
    if (content.kind === "decoded") expect(Buffer.from(content.bytes).equals(text)).toBe(true);
  });

  it.each<[string, Uint8Array, string]>([
    ["whole", gz, "decoded"],
    ["several members, the first the largest", Buffer.concat([gz, gzipSync("x")]), "decoded"],
    ["a trailer that claims 4 GB", withSize(gz, 0xffff_ffff), "corrupt"],
    ["cut short", gz.subarray(0, gz.length - 20), "corrupt"],
  ])("needs no more room than gzip can fill, whatever the limit: %s", (_, body, kind) => {
    expect(decode(body, "gzip", 2 ** 50).kind).toBe(kind);
  });

  it.each(["zstd", "snappy", "x-snappy-framed"])("takes what %s writes for nothing: nothing", (coding) => {
    expect(decodeContent(new Uint8Array(), coding, 1000)).toMatchObject({ kind: "decoded", bytes: new Uint8Array() });
  });

  it.each(["br", "none", "lz4", "nosuchcompression", "gzip, gzip", "zstd, gzip", "constructor", "__proto__"])(
    "does not know %s",
    (coding) => {
      expect(decode(gz, coding)).toEqual({ kind: "unsupported", coding });
    },
  );

  it.each<[string, string, Uint8Array]>([
    ["gzip: plain JSON", "gzip", Buffer.from('{"key": "value"}')],
    ["gzip: nothing at all", "gzip", Buffer.alloc(0)],
    ["gzip: cut in the header", "gzip", gz.subarray(0, 5)],
    ["gzip: the header alone", "gzip", gz.subarray(0, 10)],
    ["gzip: cut in the data", "gzip", gz.subarray(0, gz.length - 20)],
    ["gzip: the whole trailer missing", "gzip", gz.subarray(0, gz.length - 8)],
    ["gzip: the last 4 bytes missing", "gzip", gz.subarray(0, gz.length - 4)],
    ["gzip: the last byte missing", "gzip", gz.subarray(0, gz.length - 1)],
    ["gzip: a wrong checksum", "gzip", patched(gz, gz.length - 8)],
    ["gzip: a wrong length", "gzip", patched(gz, gz.length - 1)],
    ["gzip: a wrong checksum in the second member", "gzip", Buffer.concat([gz, patched(gz, gz.length - 8)])],
    ["gzip: the second member cut", "gzip", Buffer.concat([gz, gz.subarray(0, 30)])],
    ["gzip: text behind the member", "gzip", Buffer.concat([gz, Buffer.from("garbage")])],
    ["gzip: zeros behind the member", "gzip", Buffer.concat([gz, Buffer.alloc(512)])],
    ["gzip: a member behind zeros", "gzip", Buffer.concat([gz, gz, Buffer.alloc(4), gz])],
    ["gzip: a wrong checksum of the header", "gzip", patched(withHeaderChecksum(gz), 10)],
    ["gzip: unknown flags", "gzip", patched(gz, 3, 0xe0)],
    ["gzip: another method", "gzip", patched(gz, 2)],
    ["gzip: a name without an end", "gzip", patched(gz.subarray(0, 12), 3, 8)],
    ["deflate: raw", "deflate", deflateRawSync(text)],
    ["deflate: cut", "deflate", deflateSync(text).subarray(0, -2)],
    ["deflate: bytes behind it", "deflate", Buffer.concat([deflateSync(text), Buffer.from("x")])],
    ["zstd: garbage", "zstd", Buffer.from("garbage garbage")],
    ["zstd: cut", "zstd", zst.subarray(0, -3)],
    ["zstd: garbage behind the frame", "zstd", Buffer.concat([zst, Buffer.from("garbage")])],
    ["zstd: thousands of frames", "zstd", Buffer.concat(Array(2000).fill(zstdCompressSync(Buffer.alloc(0))))],
    ["snappy: garbage", "snappy", Buffer.from("garbage")],
    ["snappy: cut", "snappy", snappyBlock(text).subarray(0, -1)],
    ["snappy: less than declared", "snappy", Buffer.from([5, 0, 65])],
    ["snappy: more than declared", "snappy", Buffer.from([1, 4, 65, 65])],
    ["snappy: a copy from before the start", "snappy", Buffer.from([8, 0, 65, 0x0d, 2])],
    ["snappy: a copy from nowhere", "snappy", Buffer.from([8, 0, 65, 0x0d, 0])],
    ["snappy: a literal of 4 GiB", "snappy", Buffer.from([8, 0xfc, 0xff, 0xff, 0xff, 0xff, 65])],
    ["snappy: a length of 36 bits", "snappy", Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0])],
    ["framed snappy: no identifier", "x-snappy-framed", snappyBlock(text)],
    ["framed snappy: a wrong checksum", "snappy", patched(snappyFramed(text), 15)],
    ["framed snappy: cut", "snappy", snappyFramed(text).subarray(0, -1)],
    ["framed snappy: a chunk that must be understood", "snappy", Buffer.concat([snappyFramed(text), chunk(0x02)])],
    ["framed snappy: another identifier inside", "snappy", Buffer.concat([snappyFramed(text), patched(identifier, 9)])],
    ["framed snappy: a chunk without a checksum", "snappy", Buffer.concat([snappyFramed(text), chunk(0x01)])],
  ])("refuses %s", (_, header, body) => {
    expect(decode(body, header)).toEqual({ kind: "corrupt", message: expect.any(String) });
  });

  it.each<[string, Uint8Array]>([
    ["gzip", Buffer.concat([gz, gz, gzipSync(""), gz])],
    ["zstd", Buffer.concat([zst, skippable, zst, zst])],
  ])("decodes all members of %s", (header, body) => {
    const content = decode(body, header);
    expect(content).toEqual({ kind: "decoded", bytes: Buffer.concat([text, text, text]) });
  });

  it.each<[string, (plain: Uint8Array) => Uint8Array]>([
    ["identity", (plain) => plain],
    ["gzip", (plain) => gzipSync(plain)],
    ["deflate", (plain) => deflateSync(plain)],
    ["zstd", (plain) => zstdCompressSync(plain)],
    ["snappy", snappyBlock],
    ["x-snappy-framed", snappyFramed],
  ])("counts decompressed bytes: %s at the limit is taken, one more is not", (header, encode) => {
    expect(decode(encode(new Uint8Array(70_000)), header, 70_000).kind).toBe("decoded");
    expect(decode(encode(new Uint8Array(70_001)), header, 70_000)).toEqual({ kind: "too-large" });
  });

  it.each<[string, Uint8Array]>([
    ["gzip", Buffer.concat([gz, gz])],
    ["zstd", Buffer.concat([zst, zst])],
  ])("counts the bytes of all members of %s together", (header, body) => {
    expect(decode(body, header, 2 * text.length).kind).toBe("decoded");
    expect(decode(body, header, 2 * text.length - 1)).toEqual({ kind: "too-large" });
    expect(decode(body, header, text.length)).toEqual({ kind: "too-large" });
  });

  it.each<[string, (plain: Uint8Array) => Uint8Array]>([
    ["gzip", (plain) => gzipSync(plain)],
    ["zstd", (plain) => zstdCompressSync(plain)],
  ])("counts a last byte of %s that stands in a member of its own", (header, encode) => {
    const body = Buffer.concat([encode(text), encode(Buffer.from("x"))]);
    expect(decode(body, header, text.length + 1).kind).toBe("decoded");
    expect(decode(body, header, text.length)).toEqual({ kind: "too-large" });
  });

  it("resolves snappy copies of each length of offset", () => {
    // Literals of 300 and 70,000 bytes, with copies of 4, 8 and 8 bytes whose offsets take 11, 16 and 32 bits.
    const short = Buffer.from(Array.from({ length: 300 }, (_, index) => index % 251));
    const long = Buffer.alloc(70_000, "0123456789");
    const block = Buffer.concat([
      Buffer.from("b0a504f42b01", "hex"),
      short,
      Buffer.from([0x01 | (1 << 5), 300 - 256, 0x02 | (7 << 2), 304 - 256, 1]),
      Buffer.from([62 << 2, ...threeBytes(70_000 - 1)]),
      long,
      Buffer.from([0x03 | (7 << 2), ...threeBytes(70_312), 0]),
    ]);
    const start = short.subarray(0, 8);
    const plain = Buffer.concat([short, start.subarray(0, 4), start, long, start]);
    expect(decode(block, "snappy")).toEqual({ kind: "decoded", bytes: Uint8Array.from(plain) });
  });

  it("refuses a framed snappy chunk of more than 65,536 bytes", () => {
    const head = Buffer.from([1, ...threeBytes(65_537 + 4)]);
    const body = Buffer.concat([identifier, head, Buffer.alloc(65_537 + 4)]);
    expect(decode(body, "snappy")).toEqual({ kind: "corrupt", message: "a snappy chunk of more than 65536 bytes" });
  });

  it("takes a zstd window of 8 MB, as the Collector asks for, however small the limit", () => {
    // A frame of one run-length block of five bytes, its window descriptor 0x68 (RFC 8878 3.1.1.1.2).
    expect(decode(Buffer.from("28b52ffd00682b000041", "hex"), "zstd", 1000)).toEqual({
      kind: "decoded",
      bytes: Buffer.from("AAAAA"),
    });
  });

  it("refuses a larger zstd window by name, whatever the limit and however little the frame holds", () => {
    const message = "a window of more than 8 MB (RFC 9659)";
    expect(decode(Buffer.from("28b52ffd00692b000041", "hex"), "zstd", 2 ** 30)).toEqual({ kind: "corrupt", message });
  });

  it("hands on the gzip body of one plain member", () => {
    expect(decode(gz, "gzip")).toMatchObject({ gzip: gz });
    expect(decode(gzipSync(""), "gzip")).toMatchObject({ gzip: gzipSync("") });
  });

  it.each<[string, string, Uint8Array]>([
    ["two members", "gzip", Buffer.concat([gz, gz])],
    ["an empty member before it", "gzip", Buffer.concat([gzipSync(""), gz])],
    ["an empty member behind it", "gzip", Buffer.concat([gz, gzipSync("")])],
    ["a name of 600 bytes, which Go's reader refuses", "gzip", withHeaderFields(gz, "n".repeat(600))],
    ["any other field in its header", "gzip", withHeaderFields(gz)],
    ["zstd", "zstd", zst],
    ["no coding", "", text],
  ])("decodes it, but does not hand it on as gzip: %s", (_, header, body) => {
    const content = decode(body, header);
    expect(content.kind).toBe("decoded");
    expect(content).not.toHaveProperty("gzip");
  });

  it("gives back what was encoded, whatever it was", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 200_000 }), (plain) => {
      expect(decode(snappyBlock(plain), "snappy")).toMatchObject({ bytes: plain });
      expect(decode(snappyFramed(plain), "snappy")).toMatchObject({ bytes: plain });
      expect(decode(gzipSync(plain), "gzip")).toMatchObject({ bytes: Buffer.from(plain) });
    });
    fc.assert(property, { numRuns: 100, seed: 1 });
  });

  it("never throws, whatever the bytes", () => {
    const names = fc.constantFrom("gzip", "deflate", "zstd", "snappy", "x-snappy-framed", "identity");
    const valid = fc.constantFrom(gz, zst, deflateSync(text), snappyBlock(text), snappyFramed(text));
    const mutated = fc
      .tuple(valid, fc.nat(), fc.nat(255))
      .map(([body, at, byte]) => patched(body, at % body.length, byte));
    const property = fc.property(names, fc.oneof(fc.uint8Array(), mutated), (name, body) => {
      const content = decode(body, name, 100_000);
      if (content.kind === "decoded") expect(content.bytes.length).toBeLessThanOrEqual(100_000);
    });
    fc.assert(property, { numRuns: 3000, seed: 2 });
  });
});

function patched(bytes: Uint8Array, at: number, mask = 0xff): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ mask;
  return copy;
}

/** The same member with the checksum of its header behind it (RFC 1952, FHCRC). */
function withHeaderChecksum(member: Uint8Array): Buffer {
  const header = Buffer.from(member.subarray(0, 10));
  header[3] = 2;
  const crc = crc32(header);
  return Buffer.concat([header, Buffer.from([crc & 255, (crc >>> 8) & 255]), member.subarray(10)]);
}

function threeBytes(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, value >>> 16];
}

function chunk(type: number): Uint8Array {
  return Buffer.from([type, 2, 0, 0, 1, 2]);
}

/** The same member with an extra field, a name and a comment in its header. */
function withHeaderFields(member: Uint8Array, name = "name"): Buffer {
  const fields = Buffer.from([3, 0, 1, 2, 3, ...Buffer.from(`${name}\0comment\0`)]);
  const copy = Buffer.concat([member.subarray(0, 10), fields, member.subarray(10)]);
  copy[3] = 4 | 8 | 16;
  return copy;
}

/** A gzip body whose trailer states another size. */
function withSize(body: Uint8Array, bytes: number): Uint8Array {
  const changed = Buffer.from(body);
  changed.writeUInt32LE(bytes, changed.length - 4);
  return changed;
}
