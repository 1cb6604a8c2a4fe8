import { X509Certificate } from "node:crypto";
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

/**
 * The authorities that a text in PEM names. Throws a sentence for a person where it names none, or one cannot be read: Node takes an
 * empty text for "whom the system trusts", or asks clients for nothing, and leaves out what it cannot read. `source` says where it is from.
 */
export function authoritiesIn(pem: string, source: string): string {
  const blocks = pem.match(certificateBlock) ?? [];
  if (blocks.length === 0) throw new Error(`${source} holds no certificate in PEM.`);
  for (const [index, block] of blocks.entries()) {
    if (!isCertificate(block))
      throw new Error(`${source}: certificate ${index + 1} of ${blocks.length} cannot be read.`);
  }
  return pem;
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
