import { readFileSync } from "node:fs";
import type { DecodedBy } from "../../../shared/alloy/arguments.ts";
import type { Clock } from "../../../shared/clock.ts";
import { authorizeAtHand } from "../../../shared/delivery/auth.ts";
import type { ApiClientOptions } from "../../../shared/node/http-client/api-client.ts";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import { createOAuth2 } from "../../../shared/node/http-client/oauth2.ts";
import { authoritiesIn } from "../../../shared/node/tls.ts";
import { destinationClient } from "./destination-client.ts";
import type { HttpClientArguments, tlsConfig } from "./http-client.ts";

/** Headers and TLS of an HTTP client as its block says: passwords and tokens in files are read for each request. */
export type HttpClientOptions = Pick<ApiClientOptions, "tls" | "headers">;

const versions = { TLS10: "TLSv1", TLS11: "TLSv1.1", TLS12: "TLSv1.2", TLS13: "TLSv1.3" } as const;
const emptyRequest = { url: "", headers: {}, body: new Uint8Array() };

/** Turns the arguments into options. Throws with the file's name when a certificate cannot be read. */
export function httpClientOptions(args: HttpClientArguments, clock: Clock): HttpClientOptions {
  const tokens = args.oauth2 && createOAuth2({ clock, transport: createHttpTransport() });
  return {
    ...(args.tls_config && { tls: tlsOptions(args.tls_config) }),
    ...(hasHeaders(args) && { headers }),
  };

  async function headers(): Promise<Readonly<Record<string, string>>> {
    const own: Record<string, string> = {};
    for (const [name, values] of args.http_headers) own[name] = values.map((value) => value.reveal()).join(", ");
    const { auth } = destinationClient(args);
    const authorized =
      auth.kind === "oauth2" && tokens
        ? await tokens.authorize(emptyRequest, auth)
        : await authorizeAtHand(emptyRequest, auth);
    if (authorized.kind === "failed") throw new Error(authorized.reason);
    return { ...own, ...authorized.request.headers };
  }
}

/** Most clients have none: a scrape need not ask for them each time. */
function hasHeaders(args: HttpClientArguments): boolean {
  const { basic_auth: basic, authorization, oauth2, bearer_token: token, bearer_token_file: file } = args;
  const auth = basic ?? authorization ?? oauth2 ?? token;
  return args.http_headers.size > 0 || auth !== undefined || file !== "";
}

function tlsOptions(tls: DecodedBy<typeof tlsConfig>): NonNullable<ApiClientOptions["tls"]> {
  const pem = (text: string, file: string) =>
    text !== "" ? text : file === "" ? undefined : readFileSync(file, "utf8");
  const given = pem(tls.ca_pem, tls.ca_file);
  const ca = given === undefined || tls.ca_file === "" ? given : authoritiesIn(given, `ca_file: ${tls.ca_file}`);
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
