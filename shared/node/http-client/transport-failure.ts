import type { TransportAnswer } from "../../delivery/transport.ts";

/** An answer that never came. */
export type TransportFailure = Extract<TransportAnswer, { readonly kind: "failed" }>;

/** OpenSSL's verdicts about a certificate, as Node names them (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const certificateErrors =
  /^(CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH|ERR_TLS_CERT|ERR_SSL_WRONG_VERSION|ERR_OSSL_)/;

/** An error of a connection as an answer; `permanent` where only the operator can help: certificates, headers. */
export function transportFailure(error: NodeJS.ErrnoException): TransportFailure {
  const code = error.code ?? error.name;
  const permanent = certificateErrors.test(code) || code === "ERR_INVALID_CHAR" || code === "EPROTO";
  return { kind: "failed", reason: `${code}: ${error.message}`.slice(0, 300), permanent };
}

/** The URL of a request, where it is one of HTTP. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}
