import { type ArgumentsOf, attribute, block, required, table } from "../../../shared/alloy/arguments.ts";
import { list, map } from "../../../shared/alloy/composite-types.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { secret, string } from "../../../shared/alloy/text-types.ts";

const noProxy = { unsupported: "requests go straight to their address" };

const proxyFields = {
  proxy_url: attribute(string, noProxy),
  no_proxy: attribute(string, noProxy),
  proxy_from_environment: attribute(bool, noProxy),
  proxy_connect_header: attribute(map(list(secret)), noProxy),
};

/** `tls_config` of everything that speaks HTTP. */
export const tlsConfig = table(
  {
    ca_pem: attribute(string),
    ca_file: attribute(string),
    cert_pem: attribute(string),
    cert_file: attribute(string),
    key_pem: attribute(secret),
    key_file: attribute(string),
    server_name: attribute(string),
    insecure_skip_verify: attribute(bool),
    min_version: attribute(string),
  },
  {
    validate(tls) {
      if (tls.ca_pem !== "" && tls.ca_file !== "") return "at most one of ca_pem and ca_file must be configured";
      if (tls.cert_pem !== "" && tls.cert_file !== "")
        return "at most one of cert_pem and cert_file must be configured";
      if (tls.key_pem !== undefined && tls.key_file !== "")
        return "at most one of key_pem and key_file must be configured";
      const [cert, key] = [
        tls.cert_pem !== "" || tls.cert_file !== "",
        tls.key_pem !== undefined || tls.key_file !== "",
      ];
      if (cert && !key) {
        return "exactly one of key_pem or key_file must be configured when a client certificate is configured";
      }
      if (key && !cert)
        return "exactly one of cert_pem or cert_file must be configured when a client key is configured";
      if (!["", "TLS10", "TLS11", "TLS12", "TLS13"].includes(tls.min_version)) {
        return `unknown TLS version: ${tls.min_version}`;
      }
      return undefined;
    },
  },
);

const basicAuth = table({
  username: attribute(string),
  password: attribute(secret),
  password_file: attribute(string),
});

const authorization = table({
  type: attribute(string),
  credentials: attribute(secret),
  credentials_file: attribute(string),
});

const oauth2 = table({
  client_id: required(string),
  client_secret: attribute(secret),
  client_secret_file: attribute(string),
  scopes: attribute(list(string)),
  token_url: attribute(string),
  endpoint_params: attribute(map(string)),
  tls_config: block(tlsConfig, { unsupported: "the token server is reached with the system's certificates" }),
  ...proxyFields,
});

/** The arguments of an HTTP client, for components that have them beside their own; validate with `httpClientProblem`. */
export const httpClientFields = {
  basic_auth: block(basicAuth),
  authorization: block(authorization),
  oauth2: block(oauth2),
  bearer_token: attribute(secret),
  bearer_token_file: attribute(string),
  ...proxyFields,
  tls_config: block(tlsConfig),
  follow_redirects: attribute(bool, { default: true }),
  enable_http2: attribute(bool, { default: true }),
  http_headers: attribute(map(list(secret))),
};

export type HttpClientArguments = ArgumentsOf<typeof httpClientFields>;

/** What is wrong with the arguments of an HTTP client, in Alloy's words; undefined when nothing is. */
export function httpClientProblem(args: HttpClientArguments): string | undefined {
  const { basic_auth: basic, authorization: header, oauth2: oauth } = args;
  if (args.bearer_token !== undefined && args.bearer_token_file !== "") {
    return "at most one of bearer_token & bearer_token_file must be configured";
  }
  const bearer = args.bearer_token !== undefined || args.bearer_token_file !== "";
  if ([basic !== undefined, header !== undefined, oauth !== undefined, bearer].filter(Boolean).length > 1) {
    return "at most one of basic_auth, authorization, oauth2, bearer_token & bearer_token_file must be configured";
  }
  if (basic?.password !== undefined && basic.password_file !== "") {
    return "at most one of basic_auth password & password_file must be configured";
  }
  if (header?.credentials !== undefined && header.credentials_file !== "") {
    return "at most one of authorization credentials & credentials_file must be configured";
  }
  if (header?.type.toLowerCase() === "basic") {
    return 'authorization type cannot be set to "basic", use "basic_auth" block instead';
  }
  if (!oauth) return undefined;
  if (oauth.token_url === "") return "oauth2 token_url must be configured";
  if (oauth.client_secret === undefined && oauth.client_secret_file === "") {
    return "either oauth2 client_secret or client_secret_file must be configured";
  }
  if (oauth.client_secret !== undefined && oauth.client_secret_file !== "") {
    return "at most one of oauth2 client_secret & client_secret_file must be configured";
  }
  return undefined;
}
