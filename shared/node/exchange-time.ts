/** A request, or the connection that it has for itself. */
interface Exchange {
  destroy(error: Error): unknown;
}

/** How long one exchange of HTTP may take, everything in it. */
export interface ExchangeTime {
  /** The request that ends with it. */
  watch(request: Exchange): void;
  /** Whether the time has passed. */
  isLate(): boolean;
  /** Whether it ended early, for whatever reason. */
  isOver(): boolean;
  /** To be called when the exchange has ended. */
  end(): void;
}

/** One timer and one listener. Signals made for each request, and joined, cost as much as the request (bench/scraping). */
export function startExchangeTime(timeoutMs: number, abort?: AbortSignal): ExchangeTime {
  let current: Exchange | undefined;
  let ended: "late" | "aborted" | undefined;
  const timer = setTimeout(() => stop("late"), timeoutMs);
  abort?.addEventListener("abort", onAbort, { once: true });

  function onAbort(): void {
    stop("aborted");
  }

  function stop(why: "late" | "aborted"): void {
    ended = why;
    current?.destroy(Object.assign(new Error("the operation was aborted"), { code: "ABORT_ERR" }));
  }

  return {
    watch(request) {
      current = request;
      if (abort?.aborted) {
        ended = "aborted";
      }
      if (ended !== undefined) {
        stop(ended);
      }
    },
    isLate: () => ended === "late",
    isOver: () => ended !== undefined,
    end() {
      clearTimeout(timer);
      abort?.removeEventListener("abort", onAbort);
    },
  };
}
