import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { DecodedBy } from "../../../shared/alloy/arguments.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { ApiClientOptions } from "../../../shared/node/api-client.ts";
import { createOAuth2Tokens } from "../../../shared/node/oauth2-token.ts";
import { type Secret, secret } from "../../../shared/secret.ts";
import type { HttpClientArguments, tlsConfig } from "./http-client.ts";

/** Headers and TLS of an HTTP client as its block says: passwords and tokens in files are read for each request. */
export type HttpClientOptions = Pick<ApiClientOptions, "tls" | "headers">;

const versions = { TLS10: "TLSv1", TLS11: "TLSv1.1", TLS12: "TLSv1.2", TLS13: "TLSv1.3" } as const;

/** Turns the arguments into options. Throws with the file's name when a certificate cannot be read. */
export function httpClientOptions(args: HttpClientArguments, clock: Clock): HttpClientOptions {
  const authorization = authorizationOf(args, clock);
  return {
    ...(args.tls_config && { tls: tlsOptions(args.tls_config) }),
    headers: async () => {
      const headers: Record<string, string> = {};
      for (const [name, values] of args.http_headers) headers[name] = values.map((value) => value.reveal()).join(", ");
      const value = await authorization();
      return value === undefined ? headers : { ...headers, authorization: value };
    },
  };
}

function tlsOptions(tls: DecodedBy<typeof tlsConfig>): NonNullable<ApiClientOptions["tls"]> {
  const pem = (text: string, file: string) =>
    text !== "" ? text : file === "" ? undefined : readFileSync(file, "utf8");
  const ca = pem(tls.ca_pem, tls.ca_file);
  const cert = pem(tls.cert_pem, tls.cert_file);
  const key = pem(tls.key_pem?.reveal() ?? "", tls.key_file);
  const version = Object.entries(versions).find(([name]) => name === tls.min_version)?.[1];
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(tls.server_name !== "" && { servername: tls.server_name }),
    ...(tls.insecure_skip_verify && { rejectUnauthorized: false }),
    ...(version && { minVersion: version }),
  };
}

/** The value of the Authorization header, when there is one. */
function authorizationOf(args: HttpClientArguments, clock: Clock): () => Promise<string | undefined> {
  const { basic_auth: basic, authorization: header, oauth2 } = args;
  if (basic) {
    const password = secretOf(basic.password, basic.password_file);
    return async () => {
      const credentials = `${basic.username}:${(await password()).reveal()}`;
      return `Basic ${Buffer.from(credentials).toString("base64")}`;
    };
  }
  if (header) {
    const credentials = secretOf(header.credentials, header.credentials_file);
    const type = header.type === "" ? "Bearer" : header.type;
    return async () => `${type} ${(await credentials()).reveal()}`;
  }
  if (oauth2) {
    const token = createOAuth2Tokens(
      {
        clientId: oauth2.client_id,
        clientSecret: secretOf(oauth2.client_secret, oauth2.client_secret_file),
        tokenUrl: oauth2.token_url,
        scopes: oauth2.scopes,
        endpointParams: oauth2.endpoint_params,
      },
      clock,
    );
    return async () => `Bearer ${await token()}`;
  }
  if (args.bearer_token === undefined && args.bearer_token_file === "") return async () => undefined;
  const token = secretOf(args.bearer_token, args.bearer_token_file);
  return async () => `Bearer ${(await token()).reveal()}`;
}

function secretOf(inline: Secret | undefined, file: string): () => Promise<Secret> {
  if (inline || file === "") return async () => inline ?? secret("");
  return async () => secret((await readFile(file, "utf8")).trim());
}
