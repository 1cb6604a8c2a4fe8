import { attribute, table } from "../../../../shared/alloy/arguments.ts";
import { secret, string } from "../../../../shared/alloy/text-types.ts";
import { secret as hide, type Secret } from "../../../../shared/secret.ts";
import { type AuthHandler, authHandler } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { fileText } from "../file-text.ts";

const args = table(
  {
    token: attribute(secret),
    scheme: attribute(string, { default: "Bearer" }),
    header: attribute(string, { default: "Authorization" }),
    filename: attribute(string, { help: "A file with the token, read for every export; with it, token is not used." }),
  },
  {
    validate: ({ token, filename }) =>
      token === undefined && filename === "" ? "either token or filename must be set" : undefined,
  },
);

/** `otelcol.auth.bearer`: a token for exporters, and for receivers what clients must send. */
export const bearer = defineComponent({
  name: "otelcol.auth.bearer",
  stability: "generally-available",
  arguments: args,
  exports: { handler: authHandler },
  build(given) {
    let current = given;
    const token = (): Secret => {
      const { filename, token: written } = current;
      return filename === "" ? (written ?? hide("")) : hide(fileText(filename));
    };
    const handler: AuthHandler = {
      client() {
        const { scheme, header } = current;
        if (scheme === "Bearer" && header.toLowerCase() === "authorization") return { kind: "bearer", token: token() };
        const value = scheme === "" ? token().reveal() : `${scheme} ${token().reveal()}`;
        return { kind: "headers", headers: { [header.toLowerCase()]: hide(value) } };
      },
      server: () => [token()],
    };
    return {
      exports: { handler },
      update(next) {
        current = next;
      },
    };
  },
});
