import type { SecureContextOptions, TlsOptions } from "node:tls";

/** Key and certificate in PEM; with `ca`, clients must show a certificate that it signed (mTLS). */
export interface TlsMaterial {
  readonly key: string;
  readonly cert: string;
  readonly ca?: string;
  readonly minVersion?: "TLSv1.3";
}

/** The options of a TLS server, or of `setSecureContext`, for `material`. */
export function secureContext({ key, cert, ca, minVersion }: TlsMaterial): SecureContextOptions & TlsOptions {
  const clients = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true };
  return { key, cert, minVersion: minVersion ?? "TLSv1.2", ...clients };
}
