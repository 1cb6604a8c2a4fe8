import {
  createHttpServer,
  type HttpServer,
  type HttpServerOptions,
} from "../../shared/node/http-server/http-server.ts";
import type { TlsMaterial } from "../../shared/node/tls.ts";
import { listen, type Place } from "../ingress/listen.ts";

/** The admin port of a pipeline: over TLS once the configuration says so. */
export interface AdminServer {
  /** Answers with `host:port`; rejects with a sentence that says what to change. */
  open(): Promise<string>;
  /** Serves with a certificate from now on, or without one. Requests under way are answered. */
  secure(tls: TlsMaterial | undefined): Promise<void>;
  close(): Promise<void>;
}

const maxBodyBytes = 16 * 2 ** 20;
const maxConnections = 1_000;
/** For a request that asked for the change: a reload is answered on the port as it was. */
const closeMs = 5_000;

/** `place` is where it listens; a port that the system has picked is kept. */
export function createAdminServer(handle: HttpServerOptions["handle"], place: Place): AdminServer {
  let server = serverWith(undefined);
  let isSecure = false;
  let port = place.port;
  return {
    async open() {
      const address = await listen(server, place);
      port = Number(address.slice(address.lastIndexOf(":") + 1));
      return address;
    },
    async secure(tls) {
      if (tls && isSecure) return server.setTls(tls);
      if (!tls && !isSecure) return;
      const before = server;
      server = serverWith(tls);
      isSecure = tls !== undefined;
      // The port is free at once; only what is under way is waited for.
      void before.close(closeMs);
      await listen(server, { ...place, port });
    },
    close: () => server.close(0),
  };

  function serverWith(tls: TlsMaterial | undefined): HttpServer {
    return createHttpServer({ handle, maxBodyBytes, maxConnections, ...(tls && { tls }) });
  }
}
