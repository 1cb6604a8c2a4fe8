import { createSecureContext } from "node:tls";
import { attribute, block, type DecodedBy, required, table } from "../../shared/alloy/arguments.ts";
import { list } from "../../shared/alloy/composite-types.ts";
import { any, bool } from "../../shared/alloy/plain-types.ts";
import { oneOf, secret, string } from "../../shared/alloy/text-types.ts";
import { authoritiesIn, secureContext, type TlsMaterial } from "../../shared/node/tls.ts";
import { fileText } from "../components/otelcol/file-text.ts";
import type { ConfigBlock } from "../controller/config-block.ts";

const basic = table({ username: required(string), password: required(secret) });
const filter = table({
  paths: attribute(list(string), { help: "Paths, or beginnings of paths." }),
  authenticate_matching_paths: attribute(bool, {
    default: true,
    help: "False: all paths but these need the password.",
  }),
});

const clientAuthTypes = [
  "NoClientCert",
  "RequestClientCert",
  "RequireAnyClientCert",
  "VerifyClientCertIfGiven",
  "RequireAndVerifyClientCert",
] as const;
const versions = ["TLS13", "TLS12", "TLS11", "TLS10"] as const;
const platform = "the platform's own choice is used";

const tls = table(
  {
    cert_pem: attribute(string),
    cert_file: attribute(string, { help: "Read at each load." }),
    key_pem: attribute(secret),
    key_file: attribute(string),
    client_ca_pem: attribute(string),
    client_ca_file: attribute(string),
    client_auth_type: attribute(
      oneOf(clientAuthTypes, (word) => `unknown client auth type ${JSON.stringify(word)}`),
      { default: "NoClientCert", help: "NoClientCert or RequireAndVerifyClientCert." },
    ),
    min_version: attribute(
      oneOf(["", ...versions], (word) => `unknown TLS version ${JSON.stringify(word)}`),
      { default: "", help: "TLS12 or TLS13; older versions are not spoken." },
    ),
    max_version: attribute(string, { unsupported: "the newest version that both sides speak is used" }),
    cipher_suites: attribute(list(string), { unsupported: platform }),
    curve_preferences: attribute(list(string), { unsupported: platform }),
    windows_certificate_filter: block(table({ server: block(table({ store: attribute(any) })) }), {
      unsupported: "put the certificate into a file",
    }),
  },
  {
    validate(given) {
      const { cert_pem, cert_file, key_pem, key_file, client_ca_pem, client_ca_file } = given;
      if (client_ca_pem && client_ca_file) return "cannot specify both client_ca_pem and client_ca_file";
      if (cert_pem && cert_file) return "cannot specify both cert_pem and cert_file";
      if (key_pem !== undefined && key_file) return "cannot specify both key_pem and key_file";
      if (!cert_pem && !cert_file) return "must specify either cert_pem or cert_file";
      if (key_pem === undefined && !key_file) return "must specify either key_pem or key_file";
      const hasCa = Boolean(client_ca_pem || client_ca_file);
      const { client_auth_type: clients } = given;
      if (hasCa && clients === "NoClientCert")
        return "cannot specify client_ca_pem or client_ca_file when client_auth_type is NoClientCert";
      if (clients === "RequireAndVerifyClientCert")
        return hasCa ? undefined : "client_ca_pem or client_ca_file is needed";
      return clients === "NoClientCert"
        ? undefined
        : `client_auth_type ${JSON.stringify(clients)} is not supported: use "NoClientCert" or "RequireAndVerifyClientCert"`;
    },
  },
);

const args = table({ auth: block(table({ basic: block(basic), filter: block(filter) })), tls: block(tls) });

/** Who may see the admin port, and how it is secured. */
export interface HttpSettings {
  readonly auth?:
    | {
        readonly basic?: DecodedBy<typeof basic> | undefined;
        readonly filter?: DecodedBy<typeof filter> | undefined;
      }
    | undefined;
  readonly tls?: DecodedBy<typeof tls> | undefined;
}

/** `http`: a password and a certificate for the admin port. */
export function httpBlock(
  apply: (settings: HttpSettings) => void | Promise<void>,
): ConfigBlock<DecodedBy<typeof args>> {
  return {
    name: "http",
    kind: "service",
    stability: "generally-available",
    arguments: args,
    check({ tls: given }) {
      if (given) createSecureContext(secureContext(adminTlsOf(given)));
    },
    apply,
  };
}

/** The certificate of the admin port; files are read at each call. Throws a sentence for a person. */
export function adminTlsOf(given: NonNullable<HttpSettings["tls"]>): TlsMaterial {
  const { client_ca_file: file, client_ca_pem: pem } = given;
  const ca = file
    ? authoritiesIn(fileText(file), `client_ca_file: ${file}`)
    : pem && authoritiesIn(pem, "client_ca_pem");
  return {
    cert: given.cert_file ? fileText(given.cert_file) : given.cert_pem,
    key: given.key_file ? fileText(given.key_file) : (given.key_pem?.reveal() ?? ""),
    ...(ca !== "" && { ca }),
    ...(given.min_version === "TLS13" && { minVersion: "TLSv1.3" as const }),
  };
}
