import { attribute, block, table } from "../../../../shared/alloy/arguments.ts";
import { secret, string } from "../../../../shared/alloy/text-types.ts";
import { secret as hide } from "../../../../shared/secret.ts";
import { type AuthHandler, authHandler } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { fileText } from "../file-text.ts";

const clientAuth = table({
  username: attribute(string),
  username_file: attribute(string, { says: "Read for every export." }),
  password: attribute(secret),
  password_file: attribute(string, { says: "Read for every export." }),
});

const args = table(
  {
    username: attribute(string, { says: "Deprecated: use client_auth." }),
    password: attribute(secret, { says: "Deprecated: use client_auth." }),
    client_auth: block(clientAuth),
    htpasswd: block(table({ file: attribute(string), inline: attribute(string) }), {
      unsupported: "servers take bearer tokens alone: use otelcol.auth.bearer for receivers",
    }),
  },
  {
    validate({ username, password, client_auth: client }) {
      const hasUsername = username !== "" || Boolean(client?.username || client?.username_file);
      const hasPassword = password !== undefined || client?.password !== undefined || Boolean(client?.password_file);
      if (!hasUsername && !hasPassword) return "no credential source provided";
      return hasPassword ? undefined : "no password provided";
    },
  },
);

/** `otelcol.auth.basic`: user name and password for exporters. */
export const basic = defineComponent({
  name: "otelcol.auth.basic",
  stability: "generally-available",
  arguments: args,
  exports: { handler: authHandler },
  build(given) {
    let current = given;
    const handler: AuthHandler = {
      client() {
        const { client_auth: client, username, password } = current;
        const name = client?.username_file ? fileText(client.username_file) : client?.username || username;
        const word = client?.password_file ? hide(fileText(client.password_file)) : (client?.password ?? password);
        return { kind: "basic", username: name, password: word ?? hide("") };
      },
    };
    return {
      exports: { handler },
      update(next) {
        current = next;
      },
    };
  },
});
