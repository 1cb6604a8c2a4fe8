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

/** Exchanges that have not ended. */
const running = new Set<RunningTime>();
/** Those that end with a signal: one listener for each signal, not one for each exchange. */
const listening = new WeakMap<AbortSignal, Set<RunningTime>>();
/** Late exchanges are looked for no more often: thousands of them may hang. */
const minPauseMs = 10;
/** Timers of Node may fire as much too early. */
const timerErrorMs = 1;
const maxTimerMs = 2 ** 31 - 1;
let timer: NodeJS.Timeout | undefined;
let firesAt = Number.POSITIVE_INFINITY;

/**
 * One timer for all exchanges, which fires when the first of them would be late, and one listener for each signal: a timer and a
 * listener for each request were a sixth of what a request costs (bench/http-client, one after the other). A socket keeps the process alive, not the timer.
 */
export function startExchangeTime(timeoutMs: number, abort?: AbortSignal): ExchangeTime {
  return new RunningTime(timeoutMs, abort);
}

class RunningTime implements ExchangeTime {
  readonly endsAt: number;
  private readonly abort: AbortSignal | undefined;
  private current: Exchange | undefined;
  private ended: "late" | "aborted" | undefined;

  constructor(timeoutMs: number, abort: AbortSignal | undefined) {
    this.endsAt = performance.now() + timeoutMs;
    this.abort = abort;
    running.add(this);
    wakeAt(this.endsAt);
    if (abort && !abort.aborted) {
      exchangesOf(abort).add(this);
    }
  }

  watch(request: Exchange): void {
    this.current = request;
    if (this.abort?.aborted) {
      this.ended ??= "aborted";
    }
    if (this.ended !== undefined) {
      this.stop(this.ended);
    }
  }

  isLate(): boolean {
    return this.ended === "late";
  }

  isOver(): boolean {
    return this.ended !== undefined;
  }

  end(): void {
    running.delete(this);
    if (this.abort) {
      listening.get(this.abort)?.delete(this);
    }
  }

  stop(why: "late" | "aborted"): void {
    this.ended = why;
    this.current?.destroy(Object.assign(new Error("the operation was aborted"), { code: "ABORT_ERR" }));
  }
}

function exchangesOf(abort: AbortSignal): Set<RunningTime> {
  const known = listening.get(abort);
  if (known) {
    return known;
  }
  const exchanges = new Set<RunningTime>();
  listening.set(abort, exchanges);
  abort.addEventListener("abort", () => stopAll(exchanges, "aborted"), { once: true });
  return exchanges;
}

function stopAll(exchanges: Iterable<RunningTime>, why: "late" | "aborted"): void {
  for (const exchange of [...exchanges]) {
    if (!exchange.isOver()) {
      exchange.stop(why);
    }
  }
}

function wakeAt(at: number): void {
  if (at < firesAt) {
    clearTimeout(timer);
    firesAt = at;
    timer = setTimeout(lookForLate, Math.min(maxTimerMs, Math.max(0, Math.ceil(at - performance.now())))).unref();
  }
}

function lookForLate(): void {
  firesAt = Number.POSITIVE_INFINITY;
  const now = performance.now();
  const late = new Set<RunningTime>();
  let next = Number.POSITIVE_INFINITY;
  for (const exchange of running) {
    if (exchange.endsAt <= now + timerErrorMs) {
      late.add(exchange);
    } else {
      next = Math.min(next, exchange.endsAt);
    }
  }
  if (next < Number.POSITIVE_INFINITY) {
    wakeAt(Math.max(next, now + minPauseMs));
  }
  stopAll(late, "late");
}
