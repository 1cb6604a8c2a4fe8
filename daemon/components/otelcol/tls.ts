import { attribute, type DecodedBy, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { duration, secret, string } from "../../../shared/alloy/text-types.ts";
import type { Tls } from "../../../shared/delivery/tls.ts";
import { authoritiesIn, type TlsMaterial } from "../../../shared/node/tls.ts";
import { secret as hide, type Secret } from "../../../shared/secret.ts";
import { fileText } from "./file-text.ts";

const platform = "the platform's own choice is used";

const common = {
  ca_pem: attribute(string),
  ca_file: attribute(string),
  cert_pem: attribute(string),
  cert_file: attribute(string),
  key_pem: attribute(secret),
  key_file: attribute(string),
  min_version: attribute(string, { help: "1.2 or 1.3; older versions are not spoken." }),
  max_version: attribute(string, { unsupported: "the newest version that both sides speak is used" }),
  reload_interval: attribute(duration, {
    help: "How often a server looks at its certificate files; 0: every minute. Exporters read theirs whenever they are used.",
  }),
  cipher_suites: attribute(list(string), { unsupported: platform }),
  curve_preferences: attribute(list(string), { unsupported: platform }),
  include_system_ca_certs_pool: attribute(bool, { unsupported: "put the certificates of the system into ca_pem" }),
};

interface Common {
  readonly ca_pem: string;
  readonly ca_file: string;
  readonly cert_pem: string;
  readonly cert_file: string;
  readonly key_pem: Secret | undefined;
  readonly key_file: string;
  readonly min_version: string;
}

function problemOf(tls: Common): string | undefined {
  const { ca_pem, ca_file, cert_pem, cert_file, key_pem, key_file, min_version: version } = tls;
  if (ca_pem && ca_file) return "provide either a CA file or the PEM-encoded string, but not both";
  if (cert_pem && cert_file) return "provide either certificate or the PEM-encoded string, but not both";
  if (key_pem !== undefined && key_file) return "provide either key or the PEM-encoded string, but not both";
  const hasCert = Boolean(cert_pem || cert_file);
  const hasKey = key_pem !== undefined || Boolean(key_file);
  if (hasCert !== hasKey) return "provide both certificate and key, or neither";
  if (!["", "1.0", "1.1", "1.2", "1.3"].includes(version)) return `unsupported TLS version: ${JSON.stringify(version)}`;
  return undefined;
}

/** The block `tls` of exporters. */
export const clientTls = table(
  {
    insecure: attribute(bool, { help: "Over gRPC: no TLS at all." }),
    insecure_skip_verify: attribute(bool),
    server_name: attribute(string),
    ...common,
  },
  { validate: (tls) => problemOf(tls) },
);

/** The block `tls` of receivers. */
export const serverTls = table(
  { client_ca_file: attribute(string, { help: "Clients must show a certificate that it signed." }), ...common },
  {
    validate(tls) {
      const problem = problemOf(tls);
      if (problem) return problem;
      return tls.cert_pem || tls.cert_file ? undefined : "a server needs a certificate and its key";
    },
  },
);

/** The TLS of a destination; files are read at each call. Throws a sentence for a person. */
export function tlsOf(tls: DecodedBy<typeof clientTls> | undefined): Tls | undefined {
  if (!tls) return undefined;
  const ca = tls.ca_file ? authoritiesIn(fileText(tls.ca_file), `ca_file: ${tls.ca_file}`) : tls.ca_pem;
  const cert = tls.cert_file ? fileText(tls.cert_file) : tls.cert_pem;
  const key = tls.key_file ? hide(fileText(tls.key_file)) : tls.key_pem;
  return {
    ...(ca !== "" && { ca }),
    ...(cert !== "" && { cert }),
    ...(key !== undefined && { key }),
    ...(tls.server_name !== "" && { serverName: tls.server_name }),
    ...(tls.min_version === "1.3" && { minVersion: "TLSv1.3" as const }),
    ...(tls.insecure_skip_verify && { insecureSkipVerify: true as const }),
  };
}

/** Key and certificate of a server; files are read at each call. Throws a sentence for a person. */
export function tlsMaterialOf(tls: DecodedBy<typeof serverTls> | undefined): TlsMaterial | undefined {
  if (!tls) return undefined;
  const file = tls.client_ca_file;
  const ca = file ? authoritiesIn(fileText(file), `client_ca_file: ${file}`) : "";
  return {
    cert: tls.cert_file ? fileText(tls.cert_file) : tls.cert_pem,
    key: tls.key_file ? fileText(tls.key_file) : (tls.key_pem?.reveal() ?? ""),
    ...(ca !== "" && { ca }),
  };
}
