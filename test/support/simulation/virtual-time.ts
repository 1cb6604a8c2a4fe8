import type { Clock } from "../../../shared/clock.ts";

/** Time that passes only when nothing else is left to do: one heap of timers, one order, no sockets and no threads. */
export interface VirtualTime {
  /** Milliseconds since the run began; never goes back. */
  elapsed(): number;
  /** What the machine's clock says: steps when somebody sets it. */
  now(): number;
  /** Sets the machine's clock forth or back. */
  step(ms: number): void;
  /** Calls `act` after `ms`, unless it was cancelled by then. */
  after(ms: number, act: () => void): () => void;
  /** A clock for the code under test; once `isDead`, nobody who sleeps by it wakes up. */
  clock(isDead?: () => boolean): Clock;
  /** Fires timers in their order until `isDone`, until there are none, or for `maxMs`. */
  run(isDone: () => boolean, maxMs: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly serial: number;
  act: (() => void) | undefined;
}

const startMs = 1_790_000_000_000;

/** A world's time, at 0. */
export function createVirtualTime(): VirtualTime {
  const heap: Timer[] = [];
  let elapsedMs = 0;
  let offsetMs = 0;
  let serial = 0;

  function after(ms: number, act: () => void): () => void {
    const timer: Timer = { at: elapsedMs + Math.max(0, ms), serial: ++serial, act };
    push(heap, timer);
    return () => {
      timer.act = undefined;
    };
  }

  function clock(isDead: () => boolean = () => false): Clock {
    return {
      now: () => startMs + elapsedMs + offsetMs,
      monotonic: () => elapsedMs,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const wake = () => {
            if (!isDead()) resolve();
          };
          if (signal?.aborted) return wake();
          const ended = () => {
            cancel();
            signal?.removeEventListener("abort", ended);
            wake();
          };
          const cancel = after(ms, ended);
          signal?.addEventListener("abort", ended, { once: true });
        }),
    };
  }

  async function run(isDone: () => boolean, maxMs: number): Promise<void> {
    const endAt = elapsedMs + maxMs;
    for (;;) {
      await settled();
      const next = heap[0];
      if (!next || isDone() || next.at > endAt) return;
      pop(heap);
      if (!next.act) continue;
      elapsedMs = next.at;
      next.act();
    }
  }

  return {
    elapsed: () => elapsedMs,
    now: () => startMs + elapsedMs + offsetMs,
    step(ms) {
      offsetMs += ms;
    },
    after,
    clock,
    run,
  };
}

/** Every promise that can go on has gone on: ticks run when the queue of microtasks is empty. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.serial < other.serial);
}

function push(heap: Timer[], timer: Timer): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Timer;
    if (isBefore(above, timer)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop() as Timer;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = right < heap.length && isBefore(heap[right] as Timer, heap[left] as Timer) ? right : left;
    if (isBefore(last, heap[child] as Timer)) break;
    heap[at] = heap[child] as Timer;
    at = child;
  }
  heap[at] = last;
}
