import { attribute, block, required, table } from "../../shared/alloy/arguments.ts";
import { list } from "../../shared/alloy/composite-types.ts";
import { bool } from "../../shared/alloy/plain-types.ts";
import { secret, string } from "../../shared/alloy/text-types.ts";
import type { Secret } from "../../shared/secret.ts";
import type { ConfigBlock } from "../controller/config-block.ts";

/** Who may see the admin port. */
export interface HttpSettings {
  readonly auth?:
    | {
        readonly basic?: { readonly username: string; readonly password: Secret } | undefined;
        readonly filter?:
          | { readonly paths: readonly string[]; readonly authenticate_matching_paths: boolean }
          | undefined;
      }
    | undefined;
}

const basic = table({ username: required(string), password: required(secret) });
const filter = table({
  paths: attribute(list(string), { says: "Paths, or beginnings of paths." }),
  authenticate_matching_paths: attribute(bool, {
    default: true,
    says: "False: all paths but these need the password.",
  }),
});
const tlsAttributes = ["cert_pem", "cert_file", "key_file", "client_ca_pem", "client_ca_file"] as const;
const tls = table({
  ...Object.fromEntries(tlsAttributes.map((name) => [name, attribute(string)])),
  key_pem: attribute(secret),
});

/** `http`: a password for the admin port. */
export function httpBlock(apply: (settings: HttpSettings) => void): ConfigBlock<HttpSettings> {
  return {
    name: "http",
    kind: "service",
    stability: "generally-available",
    arguments: table({
      auth: block(table({ basic: block(basic), filter: block(filter) })),
      tls: block(tls, { unsupported: "put a proxy with TLS in front of the admin port, or leave it on the loopback" }),
    }),
    apply,
  };
}
