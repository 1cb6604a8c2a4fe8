import { attribute, block, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { secret, string } from "../../../../shared/alloy/text-types.ts";
import type { CheckAuthorization } from "../../../../shared/http/auth.ts";
import { parsePasswordFile } from "../../../../shared/http/htpasswd.ts";
import { secret as hide } from "../../../../shared/secret.ts";
import { type AuthHandler, authHandler } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { fileText } from "../file-text.ts";
import { createBasicCheck } from "./basic-check.ts";

const clientAuth = table({
  username: attribute(string),
  username_file: attribute(string, { help: "Read for every export." }),
  password: attribute(secret),
  password_file: attribute(string, { help: "Read for every export." }),
});

const htpasswd = table({
  file: attribute(string, { help: "A password file as htpasswd writes it; it is looked at again every five seconds." }),
  inline: attribute(string, { help: "Lines of such a file; of a user in both, these count." }),
});

const args = table(
  {
    username: attribute(string, { help: "Deprecated: use client_auth or htpasswd." }),
    password: attribute(secret, { help: "Deprecated: use client_auth or htpasswd." }),
    client_auth: block(clientAuth),
    htpasswd: block(htpasswd, { help: "Whom receivers let in." }),
  },
  {
    validate({ username, password, client_auth: client, htpasswd: users }) {
      if (users && (users.file !== "" || users.inline !== "")) return undefined;
      const hasUsername = username !== "" || Boolean(client?.username || client?.username_file);
      const hasPassword = password !== undefined || client?.password !== undefined || Boolean(client?.password_file);
      if (!hasUsername && !hasPassword) return "no credential source provided";
      return hasPassword ? undefined : "no password provided";
    },
  },
);

type Args = DecodedBy<typeof args>;

/** `otelcol.auth.basic`: user name and password for exporters, and for receivers whom they let in. */
export const basic = defineComponent({
  name: "otelcol.auth.basic",
  stability: "generally-available",
  arguments: args,
  exports: { handler: authHandler },
  build(given, { clock }) {
    let current = given;
    let check = checkOf(given, clock.now);
    const handler: AuthHandler = {
      server: () => [check],
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
        check = checkOf(next, clock.now);
        current = next;
      },
    };
  },
});

/** Whom receivers let in. Throws for a password file that cannot be read. */
function checkOf(given: Args, now: () => number): CheckAuthorization {
  const { htpasswd: users, username, password } = given;
  const read = (): string => [users?.file ? fileText(users.file) : "", users?.inline ?? ""].join("\n");
  parsePasswordFile(read());
  return createBasicCheck({ read, now, ...(username !== "" && password && { plain: { username, password } }) });
}
