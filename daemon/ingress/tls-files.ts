import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Config } from "../../shared/config/resolve.ts";
import { errorText } from "../../shared/error-text.ts";
import { authoritiesIn, secureContext, type TlsMaterial } from "../../shared/node/tls.ts";

type TlsSettings = Pick<Config, "tlsCertFile" | "tlsKeyFile" | "tlsClientCaFile">;

/** The certificate of the OTLP ports, undefined without one. Throws a sentence for a person when it cannot be used. */
export function readTls({ tlsCertFile, tlsKeyFile, tlsClientCaFile }: TlsSettings): TlsMaterial | undefined {
  if (tlsCertFile === undefined && tlsKeyFile === undefined && tlsClientCaFile === undefined) return undefined;
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    throw new Error("SLUICE_TLS_CERT_FILE and SLUICE_TLS_KEY_FILE are set together or not at all.");
  }
  const setting = "SLUICE_TLS_CLIENT_CA_FILE";
  const ca = tlsClientCaFile === undefined ? {} : { ca: authorities(tlsClientCaFile, setting) };
  const cert = read(tlsCertFile, "SLUICE_TLS_CERT_FILE");
  const material = { cert, key: read(tlsKeyFile, "SLUICE_TLS_KEY_FILE"), ...ca };
  try {
    createSecureContext(secureContext(material));
  } catch (error) {
    throw new Error(`The certificate ${tlsCertFile} with the key ${tlsKeyFile} cannot be used: ${errorText(error)}`);
  }
  return material;
}

function authorities(path: string, setting: string): string {
  return authoritiesIn(read(path, setting), `${setting}: ${path}`);
}

function read(path: string, setting: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${setting}: ${errorText(error)}`);
  }
}
