import { isIP, type Socket } from "node:net";
import type { ExchangeTime } from "./exchange-time.ts";
import { type Asking, HttpConnection, NoAnswer } from "./http-connection.ts";
import { createSocketOpener, type Route } from "./http-sockets.ts";

export interface HttpConnectionsOptions {
  /** Of one route at a time; who comes then waits for one. Default as many as are asked for. */
  readonly maxConnections?: number;
  /** That are kept for a route. */
  readonly maxIdle: number;
  /** How long they are kept, unless the server says it keeps them for less (`Keep-Alive`), milliseconds. */
  readonly maxIdleMs: number;
  /** Most time for a connection to open, TLS beside, milliseconds; default as long as the request has. */
  readonly connectTimeoutMs?: number | undefined;
}

/** The client of HTTP/1.1 for all that is asked often: exports, scrapes, calls of AWS (decision 0231). */
export interface HttpConnections {
  /**
   * Asks over a connection that is kept, or a new one. A connection that had served others and ends before a byte of the answer is
   * replaced once, by a new one: the server had closed it while it was idle. So a request is sent twice at most.
   */
  ask<T>(route: Route, asking: Asking<T>, time: ExchangeTime): Promise<T>;
  /** Closes idle connections, and those in use when they have got their answers. */
  close(): void;
}

/** The connections of one route. */
interface Lane {
  readonly key: string;
  /** Requests under way. */
  busy: number;
  /** Last used last. */
  idle: HttpConnection[];
  readonly waiting: Set<() => void>;
}

/** What a server may take a connection for closed with before we do. */
const hintMarginMs = 1_000;

/** Keeps connections by where they lead; the one that was used last is used first. */
export function createHttpConnections(options: HttpConnectionsOptions): HttpConnections {
  const { maxConnections = Number.POSITIVE_INFINITY, maxIdle, maxIdleMs, connectTimeoutMs } = options;
  const openSocket = createSocketOpener(connectTimeoutMs);
  const lanes = new Map<string, Lane>();
  let sweeper: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function ask<T>(route: Route, asking: Asking<T>, time: ExchangeTime): Promise<T> {
    const lane = laneOf(route);
    if (lane.busy >= maxConnections) {
      await turn(lane, time);
    } else {
      lane.busy++;
    }
    let connection = kept(lane);
    try {
      for (let attempt = 0; ; attempt++) {
        connection ??= connect(lane, route, route.tunnelUrl === undefined ? undefined : await tunnel(route, time));
        const asked = connection.ask(asking);
        time.watch(connection);
        try {
          return await asked;
        } catch (error) {
          if (!(error instanceof NoAnswer) || attempt > 0 || time.isOver()) {
            throw error;
          }
          // What was idle beside it is as stale.
          closeIdle(lane);
          connection = undefined;
        }
      }
    } finally {
      release(lane, connection);
    }
  }

  function laneOf(route: Route): Lane {
    let lane = lanes.get(route.key);
    if (!lane) {
      lane = { key: route.key, busy: 0, idle: [], waiting: new Set() };
      lanes.set(route.key, lane);
    }
    return lane;
  }

  function kept({ idle }: Lane): HttpConnection | undefined {
    const now = performance.now();
    for (let connection = idle.pop(); connection; connection = idle.pop()) {
      if (connection.isOpen && connection.idleUntil > now) {
        connection.wake();
        return connection;
      }
      connection.destroy();
    }
    return undefined;
  }

  function connect(lane: Lane, route: Route, through: Socket | undefined): HttpConnection {
    return new HttpConnection(
      (onData) => openSocket(route, { onData, through }),
      (gone) => {
        lane.idle = lane.idle.filter((connection) => connection !== gone);
        tidy(lane);
      },
    );
  }

  function release(lane: Lane, connection: HttpConnection | undefined): void {
    const keepMs = Math.min(maxIdleMs, (connection?.keptMs ?? 0) - hintMarginMs);
    if (connection?.isOpen && !isClosed && keepMs > 0 && lane.idle.length < maxIdle) {
      connection.rest(performance.now() + keepMs);
      lane.idle.push(connection);
      sweeper ??= setTimeout(sweep, maxIdleMs / 2).unref();
    } else {
      connection?.destroy();
    }
    const [next] = lane.waiting;
    if (next) {
      next();
    } else {
      lane.busy--;
      tidy(lane);
    }
  }

  function tidy({ key, busy, idle }: Lane): void {
    if (busy === 0 && idle.length === 0) {
      lanes.delete(key);
    }
  }

  function closeIdle(lane: Lane): void {
    const { idle } = lane;
    lane.idle = [];
    for (const connection of idle) {
      connection.destroy();
    }
  }

  function sweep(): void {
    sweeper = undefined;
    const now = performance.now();
    for (const lane of lanes.values()) {
      const late = lane.idle.filter((connection) => connection.idleUntil <= now);
      lane.idle = lane.idle.filter((connection) => connection.idleUntil > now);
      for (const connection of late) {
        connection.destroy();
      }
      tidy(lane);
      if (lane.idle.length > 0) {
        sweeper ??= setTimeout(sweep, maxIdleMs / 2).unref();
      }
    }
  }

  return {
    ask,
    close() {
      isClosed = true;
      clearTimeout(sweeper);
      for (const lane of lanes.values()) {
        closeIdle(lane);
        tidy(lane);
      }
    },
  };
}

/** Waits until one of the connections is free: the place of its request is handed over. */
function turn(lane: Lane, time: ExchangeTime): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = () => {
      lane.waiting.delete(next);
      resolve();
    };
    lane.waiting.add(next);
    time.watch({
      destroy(error) {
        lane.waiting.delete(next);
        reject(error);
      },
    });
  });
}

/** Proxies are rare: what asks them is loaded when there is one. */
async function tunnel({ tunnelUrl = "", hostname, port }: Route, time: ExchangeTime): Promise<Socket> {
  const over = new AbortController();
  time.watch({ destroy: (error) => over.abort(error) });
  const { openTunnel } = await import("./proxy-tunnel.ts");
  return openTunnel(tunnelUrl, `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`, over.signal);
}
