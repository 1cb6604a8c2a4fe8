import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Config } from "../../shared/config/resolve.ts";
import { errorText } from "../../shared/error-text.ts";
import { secureContext, type TlsMaterial } from "../../shared/node/tls.ts";

type TlsSettings = Pick<Config, "tlsCertFile" | "tlsKeyFile" | "tlsClientCaFile">;

/** The certificate of the OTLP ports, undefined without one. Throws a sentence for a person when it cannot be used. */
export function readTls({ tlsCertFile, tlsKeyFile, tlsClientCaFile }: TlsSettings): TlsMaterial | undefined {
  if (tlsCertFile === undefined && tlsKeyFile === undefined && tlsClientCaFile === undefined) return undefined;
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    throw new Error("SLUICE_TLS_CERT_FILE and SLUICE_TLS_KEY_FILE are set together or not at all.");
  }
  const ca = tlsClientCaFile === undefined ? {} : { ca: read(tlsClientCaFile, "SLUICE_TLS_CLIENT_CA_FILE") };
  const cert = read(tlsCertFile, "SLUICE_TLS_CERT_FILE");
  if ("ca" in ca && !ca.ca.includes("-----BEGIN CERTIFICATE-----")) {
    // Node reads an empty list of authorities as "those that the system trusts", which is everybody with a public certificate.
    throw new Error(`SLUICE_TLS_CLIENT_CA_FILE: ${tlsClientCaFile} holds no certificate in PEM.`);
  }
  const material = { cert, key: read(tlsKeyFile, "SLUICE_TLS_KEY_FILE"), ...ca };
  try {
    createSecureContext(secureContext(material));
  } catch (error) {
    throw new Error(`The certificate ${tlsCertFile} with the key ${tlsKeyFile} cannot be used: ${errorText(error)}`);
  }
  return material;
}

function read(path: string, setting: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${setting}: ${errorText(error)}`);
  }
}
