import type { Auth } from "../../../../shared/delivery/auth.ts";
import type { Secret } from "../../../../shared/secret.ts";
import type { AuthHandler } from "../../../controller/capsules.ts";

/** As whom an exporter sends. */
export function authOf(handler: AuthHandler | undefined): Auth {
  return handler?.client?.() ?? { kind: "none" };
}

/** Headers of every request, with lower-case names. */
export function headersOf(headers: ReadonlyMap<string, string | Secret>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...headers].map(([name, value]) => [name.toLowerCase(), typeof value === "string" ? value : value.reveal()]),
  );
}
