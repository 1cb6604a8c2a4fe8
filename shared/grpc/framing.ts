import type { RpcStatus } from "../rpc/rpc-status.ts";
import { grpcCode } from "./status.ts";

/** One length-prefixed message (grpc: PROTOCOL-HTTP2.md, "Length-Prefixed-Message"). */
export interface GrpcMessage {
  readonly compressed: boolean;
  readonly bytes: Uint8Array;
}

/** Bounds of the reader; `grow` asks for memory before it is used: false ends the reading. */
export interface MessageReaderOptions {
  readonly maxMessageBytes: number;
  /** Called with the bytes that are wanted on top of what was granted so far, and once with the declared length. */
  readonly grow: (moreBytes: number, declaredBytes: number) => boolean;
}

export type Refused = { readonly kind: "refused"; readonly status: RpcStatus };
export type ReadOutcome = { readonly kind: "message"; readonly message: GrpcMessage } | Refused;

export interface MessageReader {
  /** Takes the next bytes of the stream; a refusal is final, nothing was copied of what is refused. */
  push(chunk: Uint8Array): Refused | undefined;
  /** The stream has ended: the one message, or why there is none. */
  end(): ReadOutcome;
}

const prefixBytes = 5;
const firstBytes = 1024;

/** The bytes of `message` as the one uncompressed message of a response. */
export function frameMessage(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(prefixBytes + message.length);
  new DataView(framed.buffer).setUint32(1, message.length);
  framed.set(message, prefixBytes);
  return framed;
}

/**
 * Reads the one message of a unary request out of chunks cut anywhere. Memory grows with what has arrived, fourfold, never
 * with what was declared: a length prefix alone costs nothing. The bytes are copied, because a chunk may be
 * a view of a much larger read.
 */
export function createMessageReader(options: MessageReaderOptions): MessageReader {
  const prefix = new Uint8Array(prefixBytes);
  let prefixLength = 0;
  let declared = -1;
  let body = new Uint8Array(0);
  let length = 0;
  let refused: Refused | undefined;

  return { push, end };

  function push(chunk: Uint8Array): Refused | undefined {
    if (refused) return refused;
    let from = 0;
    while (prefixLength < prefixBytes && from < chunk.length) prefix[prefixLength++] = chunk[from++] ?? 0;
    if (prefixLength < prefixBytes || (declared < 0 && !open())) return refused;
    const rest = chunk.length - from;
    if (rest === 0) return undefined;
    if (length + rest > declared) return refuse(grpcCode.unimplemented, "more than one message in a unary request");
    if (length + rest > body.length && !growTo(length + rest)) return refused;
    body.set(from === 0 ? chunk : chunk.subarray(from), length);
    length += rest;
    return undefined;
  }

  function open(): boolean {
    if ((prefix[0] ?? 0) > 1) {
      refuse(grpcCode.internal, `the message's compressed flag is ${prefix[0]}: it is 0 or 1`);
      return false;
    }
    declared = new DataView(prefix.buffer).getUint32(1);
    if (declared > options.maxMessageBytes) {
      refuse(grpcCode.resourceExhausted, tooLarge(declared, options.maxMessageBytes));
      return false;
    }
    return true;
  }

  function growTo(wanted: number): boolean {
    const size = Math.min(declared, Math.max(wanted, firstBytes, body.length * 4));
    if (!options.grow(size - body.length, declared)) {
      refuse(grpcCode.unavailable, "the memory for requests in flight is used up: send it again later");
      return false;
    }
    const grown = Buffer.allocUnsafeSlow(size);
    grown.set(body.subarray(0, length));
    body = grown;
    return true;
  }

  function end(): ReadOutcome {
    if (refused) return refused;
    if (prefixLength === 0) return refuse(grpcCode.unimplemented, "no message in a unary request");
    if (prefixLength < prefixBytes || length < declared) {
      const wanted = declared < 0 ? prefixBytes : declared;
      const had = declared < 0 ? prefixLength : length;
      return refuse(grpcCode.internal, `the stream ended after ${had} of ${wanted} bytes of the message`);
    }
    return { kind: "message", message: { compressed: prefix[0] === 1, bytes: body } };
  }

  function refuse(code: number, message: string): Refused {
    refused = { kind: "refused", status: { code, message } };
    body = new Uint8Array(0);
    return refused;
  }
}

/** The words for a message over the limit, before decompression (its declared length) or after (unknown). */
export function tooLarge(bytes: number | undefined, maxBytes: number): string {
  const size = bytes === undefined ? "decompresses to more than" : `has ${bytes} bytes, more than`;
  return `the message ${size} the limit of ${maxBytes} bytes: send smaller batches`;
}
