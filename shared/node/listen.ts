import type { AddressInfo, Server } from "node:net";

/** Starts `server` on a port, 0 for a free one, and resolves with the port it has. Rejects with the system's error. */
export function listenOn(server: Server, port: number, host: string): Promise<{ readonly port: number }> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, () => {
      server.off("error", reject);
      resolve({ port: (server.address() as AddressInfo).port });
    });
  });
}
