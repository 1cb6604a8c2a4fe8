/** A connection, or an HTTP/2 session. */
export interface Connection {
  readonly destroyed: boolean;
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** Who is connected and who is busy, oldest idleness first. */
export interface IdleConnections<C extends Connection> {
  /** Counts a connection; where there are too many, the one that has been idle for longest is closed: strangers lock nobody out. */
  add(connection: C): void;
  /** A request or call of `connection` began; `end` when it is over. */
  begin(connection: C): void;
  end(connection: C): void;
  count(): number;
  all(): Iterable<C>;
  isIdle(connection: C): boolean;
}

/** At most `maxConnections`. A connection that never asked for anything goes before one that did. */
export function createIdleConnections<C extends Connection>(maxConnections: number): IdleConnections<C> {
  const busy = new Map<C, number>();
  // In order of idleness: whoever becomes idle goes to the end.
  const fresh = new Set<C>();
  const idle = new Set<C>();

  return {
    add(connection) {
      fresh.add(connection);
      connection.once("close", () => {
        fresh.delete(connection);
        idle.delete(connection);
        busy.delete(connection);
      });
      if (count() > maxConnections) evict(connection);
    },
    begin(connection) {
      fresh.delete(connection);
      idle.delete(connection);
      busy.set(connection, (busy.get(connection) ?? 0) + 1);
    },
    end(connection) {
      const left = (busy.get(connection) ?? 1) - 1;
      if (left > 0) busy.set(connection, left);
      else if (busy.delete(connection) && !connection.destroyed) idle.add(connection);
    },
    count,
    *all() {
      yield* fresh;
      yield* idle;
      yield* busy.keys();
    },
    isIdle: (connection) => !busy.has(connection),
  };

  function count(): number {
    return fresh.size + idle.size + busy.size;
  }

  function evict(newcomer: C): void {
    const [stranger] = [...take(fresh, 2)].filter((connection) => connection !== newcomer);
    const [known] = idle;
    (stranger ?? known ?? newcomer).destroy();
  }
}

function* take<T>(from: Iterable<T>, count: number): Iterable<T> {
  let taken = 0;
  for (const each of from) {
    if (taken++ === count) return;
    yield each;
  }
}
