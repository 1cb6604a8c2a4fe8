import { readBase64 } from "../../base64.ts";
import type { HttpRequest } from "../../http/message.ts";

/** What a Lambda event carries: a request, the load balancer asking whether anyone is there, or nothing usable. */
export type Carried =
  | { readonly kind: "request"; readonly request: HttpRequest }
  | { readonly kind: "health-check" }
  | { readonly kind: "unreadable"; readonly message: string };

/** The fields of an event, whatever they hold: nothing about an event is believed before it is looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** `value` as fields to look at; anything but an object has none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** `value` where it is a string, else the empty string. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The bytes of an event's body, `undefined` where they cannot be told for certain. No body is an empty one. */
export function readBody({ body, isBase64Encoded }: Fields): Uint8Array | undefined {
  if (body === undefined || body === null || body === "") return new Uint8Array();
  if (typeof body !== "string") return undefined;
  if (isBase64Encoded === true) return readBase64(body);
  return body.isWellFormed() ? Buffer.from(body, "utf8") : undefined;
}

/** How an answer's body travels back: JSON and text as they are, everything else in base64. */
export function writeBody(
  contentType: string | undefined,
  body: Uint8Array,
): { body: string; isBase64Encoded: boolean } {
  const isText = contentType === undefined || /^(application\/json|text\/)/.test(contentType);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { body: bytes.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}
