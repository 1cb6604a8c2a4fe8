import { freeBuffer } from "../free-buffer.ts";
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

/** The status that ends the call. */
export type Refused = { readonly kind: "refused"; readonly status: RpcStatus };
/** A whole message, or why there is none. */
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
  return new UnaryReader(options);
}

class UnaryReader implements MessageReader {
  private readonly options: MessageReaderOptions;
  private readonly prefix = new Uint8Array(prefixBytes);
  private prefixLength = 0;
  private declared = -1;
  private body = new Uint8Array(0);
  private length = 0;
  private refused: Refused | undefined;

  constructor(options: MessageReaderOptions) {
    this.options = options;
  }

  push(chunk: Uint8Array): Refused | undefined {
    if (this.refused) return this.refused;
    let from = 0;
    while (this.prefixLength < prefixBytes && from < chunk.length)
      this.prefix[this.prefixLength++] = chunk[from++] ?? 0;
    if (this.prefixLength < prefixBytes || (this.declared < 0 && !this.open())) return this.refused;
    const rest = chunk.length - from;
    if (rest === 0) return undefined;
    if (this.length + rest > this.declared)
      return this.refuse(grpcCode.unimplemented, "more than one message in a unary request");
    if (this.length + rest > this.body.length && !this.growTo(this.length + rest)) return this.refused;
    this.body.set(from === 0 ? chunk : chunk.subarray(from), this.length);
    this.length += rest;
    return undefined;
  }

  private open(): boolean {
    if ((this.prefix[0] ?? 0) > 1) {
      this.refuse(grpcCode.internal, `the message's compressed flag is ${this.prefix[0]}: it is 0 or 1`);
      return false;
    }
    this.declared = new DataView(this.prefix.buffer).getUint32(1);
    if (this.declared > this.options.maxMessageBytes) {
      this.refuse(grpcCode.resourceExhausted, tooLarge(this.declared, this.options.maxMessageBytes));
      return false;
    }
    return true;
  }

  private growTo(wanted: number): boolean {
    const size = Math.min(this.declared, Math.max(wanted * 4, firstBytes));
    if (!this.options.grow(size - this.body.length, this.declared)) {
      this.refuse(grpcCode.unavailable, "the memory for requests in flight is used up: send it again later");
      return false;
    }
    const grown = Buffer.allocUnsafeSlow(size);
    grown.set(this.body.subarray(0, this.length));
    freeBuffer(this.body);
    this.body = grown;
    return true;
  }

  end(): ReadOutcome {
    if (this.refused) return this.refused;
    if (this.prefixLength === 0) return this.refuse(grpcCode.unimplemented, "no message in a unary request");
    if (this.prefixLength < prefixBytes || this.length < this.declared) {
      const wanted = this.declared < 0 ? prefixBytes : this.declared;
      const had = this.declared < 0 ? this.prefixLength : this.length;
      return this.refuse(grpcCode.internal, `the stream ended after ${had} of ${wanted} bytes of the message`);
    }
    const { body } = this;
    // A stream of HTTP/2, and what it holds, stays until a full garbage collection: the message must not (bench/daemon).
    this.body = new Uint8Array(0);
    return { kind: "message", message: { compressed: this.prefix[0] === 1, bytes: body } };
  }

  private refuse(code: number, message: string): Refused {
    this.refused = { kind: "refused", status: { code, message } };
    this.body = new Uint8Array(0);
    return this.refused;
  }
}

/** The words for a message over the limit, before decompression (its declared length) or after (unknown). */
export function tooLarge(bytes: number | undefined, maxBytes: number): string {
  const size = bytes === undefined ? "decompresses to more than" : `has ${bytes} bytes, more than`;
  return `the message ${size} the limit of ${maxBytes} bytes: send smaller batches`;
}
