import { readFileSync } from "node:fs";
import type { DecodedBy } from "../../../shared/alloy/arguments.ts";
import type { Auth } from "../../../shared/delivery/auth.ts";
import type { Destination } from "../../../shared/delivery/destination.ts";
import type { Tls } from "../../../shared/delivery/tls.ts";
import { authoritiesIn } from "../../../shared/node/tls.ts";
import { type Secret, secret } from "../../../shared/secret.ts";
import type { HttpClientArguments, tlsConfig } from "./http-client.ts";

/** As whom and how a destination is reached. */
export type DestinationClient = Pick<Destination, "auth" | "tls" | "proxyUrl">;

/** Turns the arguments of an HTTP client into those of a destination; files are read each time. Throws when one cannot be read. */
export function destinationClient(args: HttpClientArguments): DestinationClient {
  return {
    auth: authOf(args),
    ...(args.tls_config && { tls: tlsOf(args.tls_config) }),
    ...(args.proxy_url !== "" && { proxyUrl: args.proxy_url }),
  };
}

function authOf({ basic_auth: basic, authorization, oauth2, ...bearer }: HttpClientArguments): Auth {
  if (basic) {
    return { kind: "basic", username: basic.username, password: secretOf(basic.password, basic.password_file) };
  }
  if (authorization) {
    const credentials = secretOf(authorization.credentials, authorization.credentials_file);
    const type = authorization.type || "Bearer";
    if (type.toLowerCase() === "bearer") return { kind: "bearer", token: credentials };
    return { kind: "headers", headers: { authorization: secret(`${type} ${credentials.reveal()}`) } };
  }
  if (oauth2) {
    return {
      kind: "oauth2",
      clientId: oauth2.client_id,
      clientSecret: secretOf(oauth2.client_secret, oauth2.client_secret_file),
      tokenUrl: oauth2.token_url,
      scopes: oauth2.scopes,
      endpointParams: Object.fromEntries(oauth2.endpoint_params),
    };
  }
  if (bearer.bearer_token === undefined && bearer.bearer_token_file === "") return { kind: "none" };
  return { kind: "bearer", token: secretOf(bearer.bearer_token, bearer.bearer_token_file) };
}

function tlsOf(tls: DecodedBy<typeof tlsConfig>): Tls {
  const given = textOf(tls.ca_pem, tls.ca_file);
  const ca = tls.ca_file === "" ? given : authoritiesIn(given, `ca_file: ${tls.ca_file}`);
  const cert = textOf(tls.cert_pem, tls.cert_file);
  const key = tls.key_pem ?? (tls.key_file === "" ? undefined : secret(readFileSync(tls.key_file, "utf8")));
  return {
    ...(ca !== "" && { ca }),
    ...(cert !== "" && { cert }),
    ...(key && { key }),
    ...(tls.server_name !== "" && { serverName: tls.server_name }),
    ...(tls.min_version === "TLS13" && { minVersion: "TLSv1.3" }),
    ...(tls.insecure_skip_verify && { insecureSkipVerify: true }),
  };
}

function textOf(inline: string, file: string): string {
  return inline === "" && file !== "" ? readFileSync(file, "utf8") : inline;
}

function secretOf(inline: Secret | undefined, file: string): Secret {
  return inline ?? secret(file === "" ? "" : readFileSync(file, "utf8").trim());
}
