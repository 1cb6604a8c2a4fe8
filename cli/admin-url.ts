import { fromEnvironment, resolve } from "../shared/config/resolve.ts";
import type { Io } from "./terminal/io.ts";

/** Base URL of the admin port of this machine, by SLUICE_ADMIN_HOST and _PORT. */
export function adminOf({ env }: Pick<Io, "env">): string {
  const resolved = resolve(fromEnvironment(env));
  const { adminHost, adminPort } =
    resolved.kind === "resolved" ? resolved.config : { adminHost: "127.0.0.1", adminPort: 12_345 };
  return `http://${adminHost}:${adminPort}`;
}
