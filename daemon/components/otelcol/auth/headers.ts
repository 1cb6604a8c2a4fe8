import { attribute, blocks, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { optionalSecret, string } from "../../../../shared/alloy/text-types.ts";
import type { Auth } from "../../../../shared/delivery/auth.ts";
import { secret as hide, type Secret } from "../../../../shared/secret.ts";
import { authHandler } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { clientAuth } from "./client-auth.ts";

const perRequest = "requests of several clients are sent together, so a header cannot come from one of them: use value";

const header = table(
  {
    key: required(string),
    value: attribute(optionalSecret),
    from_context: attribute(string, { unsupported: perRequest }),
    from_attribute: attribute(string, { unsupported: perRequest }),
    action: attribute(string, { default: "upsert" }),
  },
  {
    validate({ key, value, action }) {
      if (key === "") return "key must be set to a non-empty string";
      if (!["insert", "update", "upsert", "delete"].includes(action))
        return `action must be one of insert, update, upsert, delete, got ${JSON.stringify(action)}`;
      return value === undefined && action !== "delete" ? "value must be set" : undefined;
    },
  },
);

const args = table({ header: blocks(header) });

/** `otelcol.auth.headers`: headers of every request of an exporter. */
export const headers = defineComponent({
  name: "otelcol.auth.headers",
  stability: "generally-available",
  arguments: args,
  exports: { handler: authHandler },
  build: clientAuth(credentialsOf),
});

function credentialsOf(given: DecodedBy<typeof args>): Auth {
  const set = new Map<string, Secret>();
  for (const { key, value, action } of given.header) {
    const name = key.toLowerCase();
    // No request has them yet: insert and upsert are the same, and update has nothing to change but our own.
    if (action === "delete") set.delete(name);
    else if (value !== undefined && (action !== "update" || set.has(name)) && (action !== "insert" || !set.has(name)))
      set.set(name, typeof value === "string" ? hide(value) : value);
  }
  return { kind: "headers", headers: Object.fromEntries(set) };
}
