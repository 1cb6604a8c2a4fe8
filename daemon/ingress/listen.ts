import type { HttpServer } from "../../shared/node/http-server/http-server.ts";

/** Where to listen, and the setting that says so. */
export interface Place {
  readonly port: number;
  readonly host: string;
  readonly setting: string;
}

const reasons: Readonly<Record<string, (place: Place) => string>> = {
  EADDRINUSE: ({ port, setting }) =>
    `Port ${port} is in use: stop what uses it, or set ${setting} to another port (0 picks a free one).`,
  EACCES: ({ port, setting }) => `Port ${port} may not be used by this user: set ${setting} to one above 1023.`,
  ENOTFOUND: ({ host }) => `${host} is not known here: correct SLUICE_HOST or SLUICE_ADMIN_HOST.`,
  EADDRNOTAVAIL: ({ host }) => `${host} is not an address of this machine: correct SLUICE_HOST or SLUICE_ADMIN_HOST.`,
};

/** Listens and answers with `host:port`; rejects with a sentence that says what to change. */
export async function listen(server: Pick<HttpServer, "listen">, place: Place): Promise<string> {
  const { port, host } = place;
  try {
    const listening = await server.listen(port, host);
    return `${host.includes(":") ? `[${host}]` : host}:${listening.port}`;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new Error(reasons[code]?.(place) ?? `Cannot listen on ${host} port ${port}: ${String(error)}`);
  }
}
