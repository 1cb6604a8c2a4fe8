import { attribute, block, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list, map } from "../../../../shared/alloy/composite-types.ts";
import { duration, secret, string } from "../../../../shared/alloy/text-types.ts";
import type { Auth } from "../../../../shared/delivery/auth.ts";
import { secret as hide } from "../../../../shared/secret.ts";
import { authHandler } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { fileText } from "../file-text.ts";
import { clientTls } from "../tls.ts";
import { clientAuth } from "./client-auth.ts";

const args = table(
  {
    client_id: attribute(string),
    client_id_file: attribute(string),
    client_secret: attribute(secret),
    client_secret_file: attribute(string),
    token_url: required(string),
    endpoint_params: attribute(map(list(string))),
    scopes: attribute(list(string)),
    timeout: attribute(duration, { help: "Fetching a token takes 30 s at most." }),
    expiry_buffer: attribute(duration, { default: 300_000, help: "Tokens are renewed before they end." }),
    grant_type: attribute(string, { default: "client_credentials" }),
    tls: block(clientTls, { unsupported: "the token is fetched with the platform's certificates" }),
  },
  {
    validate(given) {
      if (given.client_id === "" && given.client_id_file === "")
        return "no ClientID provided in the OAuth2 exporter configuration";
      if (given.client_secret === undefined && given.client_secret_file === "")
        return "no ClientSecret provided in OAuth2 exporter configuration";
      if (given.token_url === "") return "no TokenURL provided in OAuth Client Credentials configuration";
      if (given.grant_type !== "client_credentials")
        return `grant_type ${JSON.stringify(given.grant_type)} is not supported: use "client_credentials"`;
      const several = [...given.endpoint_params].find(([, values]) => values.length > 1)?.[0];
      return several && `endpoint_params: ${JSON.stringify(several)} can have one value here`;
    },
  },
);

/** `otelcol.auth.oauth2`: client credentials for exporters; the token is fetched, used and renewed. */
export const oauth2 = defineComponent({
  name: "otelcol.auth.oauth2",
  stability: "generally-available",
  arguments: args,
  exports: { handler: authHandler },
  build: clientAuth(credentialsOf),
});

function credentialsOf(given: DecodedBy<typeof args>): Auth {
  const { client_id_file: idFile, client_secret_file: secretFile } = given;
  return {
    kind: "oauth2",
    clientId: idFile ? fileText(idFile) : given.client_id,
    clientSecret: secretFile ? hide(fileText(secretFile)) : (given.client_secret ?? hide("")),
    tokenUrl: given.token_url,
    scopes: given.scopes,
    endpointParams: Object.fromEntries([...given.endpoint_params].map(([name, [value = ""]]) => [name, value])),
  };
}
