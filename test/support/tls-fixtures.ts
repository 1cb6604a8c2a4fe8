import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The path of a key or certificate for loopback, such as `server.pem` (test/fixtures/tls). */
export function tlsFile(name: string): string {
  return join(import.meta.dirname, "../fixtures/tls", name);
}

/** One of them, as PEM. */
export function tlsText(name: string): string {
  return readFileSync(tlsFile(name), "utf8");
}
