import type { ConnectionOptions } from "node:tls";
import type { Tls } from "../../delivery/tls.ts";

/** A destination's TLS as Node's options of a connection; what is absent is left to Node, which trusts the well-known authorities and those of NODE_EXTRA_CA_CERTS. */
export function connectionOptions(tls: Tls | undefined): ConnectionOptions {
  if (!tls) return {};
  const { ca, cert, key, serverName, minVersion, insecureSkipVerify } = tls;
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: key.reveal() }),
    ...(serverName !== undefined && { servername: serverName }),
    ...(minVersion !== undefined && { minVersion }),
    ...(insecureSkipVerify && { rejectUnauthorized: false }),
  };
}

/** The same text for options that say the same: what connections may be shared by. It holds secrets: never log it. */
export function connectionKey(tls: Tls | undefined): string {
  return JSON.stringify(connectionOptions(tls));
}
