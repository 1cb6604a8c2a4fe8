import type { Tls } from "./tls.ts";

/** One POST to the destination; the body is ready to send. */
export interface ExportRequest {
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** `2` for a unary gRPC call, whose answer has trailers; default 1.1. */
  readonly httpVersion?: "1.1" | "2";
  readonly tls?: Tls;
  readonly proxyUrl?: string;
}

/** What came back. `failed` is everything without a complete response: refused, reset, DNS, TLS, timeout. */
export type TransportAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** Lower-case names; trailers stand among them, and win. */
      readonly headers: Readonly<Record<string, string>>;
      /** Read up to the transport's limit. */
      readonly body: Uint8Array;
    }
  | { readonly kind: "failed"; readonly reason: string; readonly permanent: boolean };

/** Sends one request; redirects are answers, not followed. Never rejects. `node/http-transport.ts` is the real one. */
export interface Transport {
  post(
    request: ExportRequest,
    options: { readonly timeoutMs: number; readonly abort?: AbortSignal },
  ): Promise<TransportAnswer>;
}
