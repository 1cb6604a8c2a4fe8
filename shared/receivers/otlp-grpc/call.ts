import type { Signal } from "../../otlp/signals.ts";
import type { RpcStatus } from "../../rpc/rpc-status.ts";
import type { Sender } from "../../sender.ts";

/** What is known of a call before its message. Header names are lower-case. */
export interface GrpcHead {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly clientAddress?: string;
}

/** The answer to a call: a message with status 0, or a status alone (Trailers-Only). */
export interface GrpcAnswer {
  /** 200 unless the request was not gRPC at all. */
  readonly httpStatus?: number;
  readonly status: RpcStatus;
  readonly message?: Uint8Array;
}

/** A call that may go on to send its message. */
export interface GrpcCall {
  readonly kind: "export" | "health-check" | "health-watch";
  readonly signal?: Signal;
  readonly encoding: string | undefined;
  /** Milliseconds that the client waits; `undefined` when it does not say. */
  readonly timeoutMs: number | undefined;
  /** Who calls, where the settings name it. */
  readonly sender?: Sender;
  readonly clientAddress?: string;
  /** Headers of the client, where they are kept. */
  readonly metadata?: ReadonlyMap<string, readonly string[]>;
}

/** A call that is answered before its message. */
export type RefusedCall = GrpcAnswer & { readonly kind: "refused" };
