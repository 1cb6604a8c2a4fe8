import type { ConnectionOptions } from "node:tls";
import { ScrapeConnection } from "./scrape-connection.ts";
import type { Place } from "./scrape-request.ts";

/** Kept-alive connections, by where they lead. */
export interface ScrapeConnections {
  /** The connection that was used last, or a `fresh` one. */
  take(place: Place, fresh: boolean): ScrapeConnection;
  /** After an answer; it is closed where it cannot be used again. */
  giveBack(place: Place, connection: ScrapeConnection): void;
  close(): void;
}

/** Of one origin. */
const MAX_IDLE = 2;
const MAX_IDLE_MS = 120_000;

/** Closes what has been idle for two minutes. */
export function createScrapeConnections(tls: ConnectionOptions | undefined): ScrapeConnections {
  const idle = new Map<string, ScrapeConnection[]>();
  let isClosed = false;
  const timer = setInterval(sweep, MAX_IDLE_MS / 2);
  timer.unref();

  function forget(key: string, gone: ScrapeConnection): void {
    const rest = idle.get(key)?.filter((connection) => connection !== gone) ?? [];
    if (rest.length > 0) {
      idle.set(key, rest);
    } else {
      idle.delete(key);
    }
  }

  function sweep(): void {
    const since = performance.now() - MAX_IDLE_MS;
    for (const connections of [...idle.values()]) {
      for (const connection of connections) {
        if (connection.idleSince < since) {
          connection.destroy();
        }
      }
    }
  }

  return {
    take(place, fresh) {
      const connections = idle.get(place.key);
      while (!fresh && connections && connections.length > 0) {
        const connection = connections.pop();
        if (connection?.isOpen) {
          return connection;
        }
      }
      return new ScrapeConnection(place, { tls, onIdleEnd: (connection) => forget(place.key, connection) });
    },
    giveBack({ key }, connection) {
      const connections = idle.get(key) ?? [];
      if (isClosed || !connection.isOpen || connections.length >= MAX_IDLE) {
        connection.destroy();
        return;
      }
      connection.idleSince = performance.now();
      connections.push(connection);
      idle.set(key, connections);
    },
    close() {
      isClosed = true;
      clearInterval(timer);
      for (const connection of [...idle.values()].flat()) {
        connection.destroy();
      }
      idle.clear();
    },
  };
}
