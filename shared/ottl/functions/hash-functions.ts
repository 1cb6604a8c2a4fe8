import { hash } from "node:crypto";
import { textOf, utf8 } from "../../edit/text.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { bytesOfHex, hexOf } from "../paths/field.ts";
import { base64 } from "../text.ts";
import { IdValue, kindOf, type Value } from "../value.ts";
import { murmur3, murmur3Wide } from "./murmur3.ts";
import { textConverter } from "./text-converter.ts";

const variants: Readonly<Record<string, { readonly isUrl: boolean; readonly isRaw: boolean }>> = {
  base64: { isUrl: false, isRaw: false },
  "base64-raw": { isUrl: false, isRaw: true },
  "base64-url": { isUrl: true, isRaw: false },
  "base64-raw-url": { isUrl: true, isRaw: true },
};

/** Hashes, encodings and ids. */
export const hashConverters: readonly Converter[] = [
  textConverter("SHA256", (text) => hash("sha256", text)),
  textConverter("SHA1", (text) => hash("sha1", text)),
  textConverter("SHA512", (text) => hash("sha512", text)),
  textConverter("MD5", (text) => hash("md5", text)),
  textConverter("Murmur3Hash", (text) => murmur3(utf8(text))),
  textConverter("Murmur3Hash128", (text) => murmur3Wide(utf8(text))),
  {
    name: "FNV",
    parameters: ["target"],
    build: (args) => {
      const target = args.string("target");
      return (frame) => fnv1a(utf8(target(frame)));
    },
  },
  {
    name: "Base64Encode",
    parameters: ["target", "variant?"],
    build: (args) => {
      const target = args.string("target");
      const variant = args.has("variant") ? args.string("variant") : () => "base64";
      return (frame) => encodeBase64(utf8(target(frame)), variant(frame));
    },
  },
  {
    name: "Base64Decode",
    parameters: ["target"],
    build: (args) => {
      const target = args.string("target");
      return (frame) => textOfBytes(decodeBase64(target(frame), "base64"));
    },
  },
  {
    name: "Decode",
    parameters: ["target", "encoding"],
    build: (args) => {
      const target = args.any("target");
      const encoding = args.converted("encoding", encodingOf);
      return (frame) => decode(target(frame), encoding(frame));
    },
  },
  idConverter("TraceID", 16),
  idConverter("SpanID", 8),
  idConverter("ProfileID", 16),
  {
    name: "UUID",
    parameters: [],
    build:
      ({ reader }) =>
      () =>
        uuid(reader.host.randomBytes(), 4),
  },
  {
    name: "UUIDv7",
    parameters: [],
    build:
      ({ reader }) =>
      () => {
        const bytes = reader.host.randomBytes();
        let ms = reader.host.now() / 1_000_000n;
        for (let at = 5; at >= 0; at--) {
          bytes[at] = Number(ms & 0xffn);
          ms >>= 8n;
        }
        return uuid(bytes, 7);
      },
  },
];

/** FNV-1a of 64 bits, as a signed int. */
function fnv1a(bytes: Uint8Array): bigint {
  let value = 0xcbf29ce484222325n;
  for (const byte of bytes) value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n);
  return BigInt.asIntN(64, value);
}

function encodeBase64(bytes: Uint8Array, name: string): string {
  const variant = Object.hasOwn(variants, name) ? variants[name] : undefined;
  if (!variant) throw new Failure(`unsupported base64 variant: ${name}`);
  const text = variant.isUrl ? base64(bytes).replace(/\+/g, "-").replace(/\//g, "_") : base64(bytes);
  return variant.isRaw ? text.replace(/=/g, "") : text;
}

function decodeBase64(text: string, name: string): Uint8Array {
  const variant = variants[name] as (typeof variants)[string];
  const alphabet = variant.isUrl ? /^[A-Za-z0-9_-]*(={0,2})$/ : /^[A-Za-z0-9+/]*(={0,2})$/;
  const compact = text.replace(/[\r\n]/g, "");
  const padding = alphabet.exec(compact)?.[1]?.length;
  const digits = compact.length - (padding ?? 0);
  const isWhole = variant.isRaw ? padding === 0 && digits % 4 !== 1 : compact.length % 4 === 0 && digits % 4 !== 1;
  if (padding === undefined || !isWhole) throw new Failure("illegal base64 data");
  return Buffer.from(compact, variant.isUrl ? "base64url" : "base64");
}

const sameAsUtf8 = new Set(["", "ascii", "us-ascii", "utf8", "utf-8", "utf8-raw", "utf-8-raw", "nop"]);

function encodingOf(value: Value): string {
  if (typeof value !== "string") throw new Failure(`expected string but got ${kindOf(value)}`);
  if (Object.hasOwn(variants, value)) return value;
  if (sameAsUtf8.has(value.toLowerCase())) return "utf-8";
  if (isTextEncoding(value)) return value;
  throw new Failure(`unsupported encoding '${value}'`);
}

function isTextEncoding(encoding: string): boolean {
  try {
    return new TextDecoder(encoding).encoding !== "";
  } catch {
    return false;
  }
}

function decode(value: Value, encoding: string): string {
  if (typeof value !== "string" && !(value instanceof Uint8Array))
    throw new Failure(`unsupported type provided to Decode function: ${kindOf(value)}`);
  if (Object.hasOwn(variants, encoding))
    return textOfBytes(decodeBase64(typeof value === "string" ? value : textOfBytes(value), encoding));
  return new TextDecoder(encoding).decode(typeof value === "string" ? utf8(value) : value);
}

function textOfBytes(bytes: Uint8Array): string {
  return textOf(bytes, 0, bytes.length);
}

function idConverter(name: IdValue["kind"], size: number): Converter {
  return {
    name,
    parameters: ["target"],
    build: (args) => args.bytesLike("target", (bytes) => new IdValue(name, idBytes(bytes, size))),
  };
}

function idBytes(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length === size) return bytes;
  if (bytes.length === size * 2) return bytesOfHex(textOfBytes(bytes), size);
  throw new Failure(`invalid length: expected ${size} or ${size * 2} bytes, got ${bytes.length}`);
}

function uuid(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] as number) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return hexOf(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
