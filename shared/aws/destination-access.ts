import type { Clock } from "../clock.ts";
import { type Authorize, authorizeAtHand } from "../delivery/auth.ts";
import type { Transport } from "../delivery/transport.ts";
import { createDestinationTransport } from "../node/http-client/destination-transport.ts";
import { createOAuth2 } from "../node/http-client/oauth2.ts";
import { createSigV4Authorize } from "./sigv4-authorize.ts";

/** How a process reaches destinations, whatever their protocol, and as whom. */
export interface DestinationAccess {
  readonly transport: Transport;
  readonly authorize: Authorize;
  close(): void;
}

export interface DestinationAccessOptions {
  readonly clock: Clock;
  /** Connections to one destination. */
  readonly maxSockets: number;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Connections and credentials for all destinations of a process. */
export function createDestinationAccess({ clock, maxSockets, env }: DestinationAccessOptions): DestinationAccess {
  const transport = createDestinationTransport({ maxSockets, env });
  const oauth2 = createOAuth2({ clock, transport });
  const sign = createSigV4Authorize({ clock, transport });

  return {
    transport: {
      async post(request, options) {
        const answer = await transport.post(request, options);
        if (answer.kind === "answered" && isRefused(answer)) oauth2.refused(request);
        return answer;
      },
    },
    async authorize(request, auth) {
      if (auth.kind === "oauth2") return oauth2.authorize(request, auth);
      return auth.kind === "sigv4" ? sign(request, auth) : authorizeAtHand(request, auth);
    },
    close: transport.close,
  };
}

function isRefused({ status, headers }: { status: number; headers: Readonly<Record<string, string>> }): boolean {
  return status === 401 || status === 403 || headers["grpc-status"] === "16";
}
