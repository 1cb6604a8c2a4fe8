import { ListValue, MapValue } from "../edit/any-value.ts";
import { orderOfText } from "./compare.ts";
import { DurationValue, IdValue, TimeValue, type Value } from "./value.ts";

/** A value as pdata's `AsString` writes it: bytes in base64, maps and lists as JSON with sorted keys, empty as "". */
export function valueText(value: Value): string {
  if (value === null) return "";
  if (value instanceof Uint8Array) return base64(value);
  return typeof value === "string" ? value : jsonText(value);
}

/** A value as `String` and `IsMatch` see it: like `valueText`, but bytes in hexadecimal. */
export function likeText(value: Value): string {
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (value === null || typeof value === "string") return valueText(value);
  return jsonText(value, (double) => floatText(double).replace(/e-(\d)$/, "e-0$1"));
}

/** JSON as Go writes it; the Collector has two ways of writing doubles. */
export function jsonText(value: Value, double: (value: number) => string = floatText): string {
  if (value === null) return "null";
  if (typeof value === "string") return jsonString(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return double(value);
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  if (value instanceof ListValue) return `[${value.items.map((each) => jsonText(each, double)).join(",")}]`;
  if (value instanceof MapValue) {
    const pairs = [...new Map(value.pairs())].sort(([a], [b]) => orderOfText(a, b));
    return `{${pairs.map(([key, each]) => `${jsonString(key)}:${jsonText(each, double)}`).join(",")}}`;
  }
  if (value instanceof TimeValue) return `"${timeText(value)}"`;
  if (value instanceof DurationValue) return String(value.ns);
  if (value instanceof IdValue) return `[${value.bytes.join(",")}]`;
  return "{}";
}

/** A double as Go's JSON writes it. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Go escapes what would be markup in HTML. */
function jsonString(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Bytes as base64, with padding. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/** RFC 3339 with as many digits of a second as there are. */
export function timeText({ ns, offsetMinutes }: TimeValue): string {
  const local = ns + BigInt(offsetMinutes) * 60_000_000_000n;
  const rest = ((local % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (local - rest) / 1_000_000_000n;
  const date = new Date(Number(seconds) * 1000);
  const fraction = rest === 0n ? "" : `.${rest.toString().padStart(9, "0").replace(/0+$/, "")}`;
  const base = Number.isNaN(date.getTime()) ? "invalid" : date.toISOString().slice(0, -5);
  return `${base}${fraction}${zoneText(offsetMinutes)}`;
}

/** `Z` or `+hh:mm`. */
export function zoneText(offsetMinutes: number): string {
  if (offsetMinutes === 0) return "Z";
  const minutes = Math.abs(offsetMinutes);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
