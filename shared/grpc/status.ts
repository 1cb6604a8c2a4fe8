import type { RpcStatus } from "../rpc/rpc-status.ts";
import { encodeStatus } from "../rpc/status.ts";

/** The codes that the daemon answers with (grpc: doc/statuscodes.md). */
export const grpcCode = {
  ok: 0,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** How long a message in a trailer may be: clients limit header lists to 8 KiB. */
const maxMessageChars = 1024;

/**
 * Trailers that carry `status`: `grpc-status`, `grpc-message` percent-encoded and, where there is more to say
 * (RetryInfo, field violations), `grpc-status-details-bin` as unpadded base64 (grpc: PROTOCOL-HTTP2.md, "Responses").
 */
export function statusTrailers(status: RpcStatus): Record<string, string> {
  const trailers: Record<string, string> = { "grpc-status": String(status.code) };
  if (status.code === grpcCode.ok) return trailers;
  const bounded = { ...status, message: status.message.slice(0, maxMessageChars) };
  trailers["grpc-message"] = percentEncode(bounded.message);
  if (status.retryAfterMs !== undefined || status.violations?.length) {
    const details = Buffer.from(encodeStatus(bounded, "protobuf"));
    trailers["grpc-status-details-bin"] = details.toString("base64").replace(/=+$/, "");
  }
  return trailers;
}

/** `text` for `grpc-message`: every UTF-8 byte outside space to `~`, and `%`, becomes `%XX`. */
export function percentEncode(text: string): string {
  if (/^[ -$&-~]*$/.test(text)) return text;
  let encoded = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
