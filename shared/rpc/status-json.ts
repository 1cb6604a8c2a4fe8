import { asInteger, asObject, parseObject } from "../json-document.ts";
import type { RpcStatus, Violation } from "./rpc-status.ts";
import { badRequestType, retryInfoType } from "./status-details.ts";

/** `google.rpc.Status` as ProtoJSON: `code` a number, details with their `@type` (protobuf.dev/programming-guides/json). */
export function encodeStatusJson({ code, message, retryAfterMs, violations }: RpcStatus): Uint8Array {
  const details = [
    ...(retryAfterMs === undefined ? [] : [{ "@type": retryInfoType, retryDelay: duration(retryAfterMs) }]),
    ...(violations === undefined ? [] : [{ "@type": badRequestType, fieldViolations: violations }]),
  ];
  const status = { code, message, ...(details.length > 0 && { details }) };
  return new TextEncoder().encode(JSON.stringify(status));
}

/** The inverse; undefined where the bytes are not a JSON object with a `code` or a `message`. */
export function decodeStatusJson(bytes: Uint8Array): RpcStatus | undefined {
  const body = parseObject(bytes);
  if (body === undefined) return undefined;
  const code = asInteger(body.code);
  const message = asText(body.message);
  if (code === undefined && message === undefined && !isEmpty(body)) return undefined;
  let status: RpcStatus = { code: code ?? 0, message: message ?? "" };
  for (const detail of asArray(body.details)) status = { ...status, ...readDetail(detail) };
  return status;
}

/** ProtoJSON's Duration: seconds with no fraction, or with 3, 6 or 9 digits of it. */
function duration(ms: number): string {
  return `${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 3)}s`;
}

function readDetail(value: unknown): Partial<RpcStatus> {
  const detail = asObject(value);
  if (detail?.["@type"] === retryInfoType) {
    const seconds = /^(\d{1,12}(?:\.\d{1,9})?)s$/.exec(asText(detail.retryDelay) ?? "")?.[1];
    return seconds === undefined ? {} : { retryAfterMs: Math.round(Number(seconds) * 1000) };
  }
  if (detail?.["@type"] !== badRequestType) return {};
  return { violations: asArray(detail.fieldViolations).map(readViolation) };
}

function readViolation(value: unknown): Violation {
  const violation = asObject(value);
  return { field: asText(violation?.field) ?? "", description: asText(violation?.description) ?? "" };
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isEmpty(body: object): boolean {
  return Object.keys(body).length === 0;
}
