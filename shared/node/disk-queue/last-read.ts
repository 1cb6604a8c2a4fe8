/** When a queue was read last. */
export interface LastRead {
  /** Runs a receive. */
  during<Result>(receive: Promise<Result>): Promise<Result>;
  /** Milliseconds since anybody asked for messages or had some in hand; 0 while somebody does. */
  unreadMs(): number;
}

/** Remembers it, by a monotonic clock. `inFlight`: messages that are in hand or hidden. */
export function createLastRead(monotonic: () => number, inFlight: () => number): LastRead {
  let receiving = 0;
  let at = monotonic();

  return {
    async during(receive) {
      receiving += 1;
      try {
        return await receive;
      } finally {
        receiving -= 1;
        at = monotonic();
      }
    },
    unreadMs() {
      if (receiving > 0 || inFlight() > 0) at = monotonic();
      return monotonic() - at;
    },
  };
}
