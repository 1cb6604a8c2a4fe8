/**
 * What an HTTP server refuses by itself, before or without its handler. `broken` is what is not an HTTP/1.1 request at all,
 * with the class that is counted and a sentence for whoever configured the client.
 */
export type HttpFault =
  | { readonly kind: "too-large" }
  | { readonly kind: "no-room" }
  | { readonly kind: "slow" }
  | { readonly kind: "crashed"; readonly error: unknown }
  | { readonly kind: "coding"; readonly coding: string }
  | {
      readonly kind: "broken";
      readonly status: 400 | 405 | 417 | 431;
      readonly reason: string;
      readonly message: string;
    };

/** 501: what to send in place of an unknown Transfer-Encoding (RFC 9112 6.1). */
export function codingMessage(coding: string): string {
  return `Transfer-Encoding "${coding.slice(0, 64)}" is not supported: send chunked or Content-Length.`;
}
