import type { HttpAnswer } from "../../shared/http/message.ts";

/** The answer in a function's result, or why the load balancer says 502 instead. */
export type AlbResultOutcome =
  | { readonly kind: "answer"; readonly answer: HttpAnswer }
  | { readonly kind: "invalid"; readonly message: string };

const maxResultBytes = 1_000_000;
const maxHeadersBytes = 32 * 1024;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Reads a Lambda target's result as strictly as an ALB does: a missing status, null values, wrong types, wrapped base64
 * and more than 1 MB of JSON are all `invalid` (ELB guide, "Lambda functions as targets", "HTTP 502").
 */
export function fromAlbResult(result: unknown, multiValueHeaders: boolean): AlbResultOutcome {
  if (typeof result !== "object" || result === null) return invalid("the result is not an object");
  const { statusCode, isBase64Encoded = false, body = "", ...rest } = result as Record<string, unknown>;
  if (JSON.stringify(result).length > maxResultBytes) return invalid("the result is over 1 MB");
  if (!isStatus(statusCode)) return invalid(`statusCode is ${String(statusCode)}`);
  if (typeof isBase64Encoded !== "boolean") return invalid("isBase64Encoded is not a boolean");
  if (typeof body !== "string") return invalid("body is not a string");
  if (isBase64Encoded && !base64.test(body)) return invalid("body is not base64");
  const headers = headersOf(rest[multiValueHeaders ? "multiValueHeaders" : "headers"], multiValueHeaders);
  if (!headers) return invalid(`${multiValueHeaders ? "multiValueHeaders" : "headers"} cannot be used`);
  if (JSON.stringify(headers).length > maxHeadersBytes) return invalid("the headers are over 32 KB");
  const answer = { status: statusCode, headers, body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8") };
  return { kind: "answer", answer };
}

function headersOf(given: unknown, multiValue: boolean): Record<string, string> | undefined {
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null) return undefined;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const values: unknown[] = multiValue ? (Array.isArray(value) ? value : [undefined]) : [value];
    if (!values.every(isFieldValue)) return undefined;
    headers[name.toLowerCase()] = values.join(", ");
  }
  return headers;
}

function isFieldValue(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function isStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 200 && value <= 599;
}

function invalid(message: string): AlbResultOutcome {
  return { kind: "invalid", message };
}
