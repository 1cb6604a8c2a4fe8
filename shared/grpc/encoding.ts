import { acceptedCodings, decodeContent } from "../compression/content-encoding.ts";
import type { RpcStatus } from "../rpc/rpc-status.ts";
import { type GrpcMessage, tooLarge } from "./framing.ts";
import { grpcCode } from "./status.ts";

/** Value of `grpc-accept-encoding`: every `grpc-encoding` that is understood. */
export const acceptedEncodings = acceptedCodings.replaceAll(" ", "");

const known = new Set(acceptedEncodings.split(","));

export type DecodedMessage =
  | { readonly kind: "decoded"; readonly bytes: Uint8Array; readonly gzip?: Uint8Array }
  | { readonly kind: "refused"; readonly status: RpcStatus };

/** Why a call with this `grpc-encoding` cannot be served, whatever its message's flag says (grpc: compression.md). */
export function refuseEncoding(encoding: string | undefined): RpcStatus | undefined {
  if (encoding === undefined || known.has(encoding)) return undefined;
  const named = JSON.stringify(encoding.slice(0, 32));
  return { code: grpcCode.unimplemented, message: `grpc-encoding ${named} is not one of ${acceptedEncodings}` };
}

/**
 * The message without its compression, never more than `maxBytes`. A flag of 1 needs a `grpc-encoding`; a flag of 0 means
 * plain bytes under any encoding (grpc: compression.md, "Compression Method Asymmetry Between Peers").
 */
export function decodeMessage(message: GrpcMessage, encoding: string | undefined, maxBytes: number): DecodedMessage {
  if (!message.compressed) return { kind: "decoded", bytes: message.bytes };
  if (encoding === undefined || encoding === "identity") {
    return refuse(grpcCode.internal, "the message is flagged as compressed, but grpc-encoding names no compression");
  }
  const decoded = decodeContent(message.bytes, encoding, maxBytes);
  switch (decoded.kind) {
    case "decoded":
      return decoded;
    case "too-large":
      return refuse(grpcCode.resourceExhausted, tooLarge(undefined, maxBytes));
    case "corrupt":
      return refuse(grpcCode.internal, `the message is not valid ${encoding}: ${decoded.message}`);
    case "unsupported":
      return refuse(grpcCode.unimplemented, `grpc-encoding ${decoded.coding} is not one of ${acceptedEncodings}`);
  }
}

function refuse(code: number, message: string): DecodedMessage {
  return { kind: "refused", status: { code, message } };
}
