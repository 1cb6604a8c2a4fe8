import type { Secret } from "../secret.ts";

/** How connections to a destination are secured; what is absent is the platform's own. */
export interface Tls {
  /** PEM certificates to trust in place of the well-known ones. */
  readonly ca?: string;
  /** PEM certificate and key of the client. */
  readonly cert?: string;
  readonly key?: Secret;
  readonly serverName?: string;
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  readonly insecureSkipVerify?: true;
}
