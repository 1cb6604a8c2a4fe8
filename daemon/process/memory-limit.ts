/** Sizes in bytes. */
export interface MemoryFacts {
  /** `maxInFlightBytes` of the settings. */
  readonly configured: number | undefined;
  readonly workers: number;
  /** What the container may use (`process.constrainedMemory()`; 0 or huge where there is no limit), and the machine's. */
  readonly constrained: number;
  readonly total: number;
}

/** What a process needs before it holds a single request. */
const baselineBytes = 112 * 2 ** 20;
/**
 * A request in flight exists as received, merged, compressed and as a queue message, and what was released waits for the
 * garbage collector: bench/daemon, "overload" measures the multiple.
 */
const multiple = 5;
const minBytes = 8 * 2 ** 20;

/** Bytes of requests that one process may hold: what is configured, or a share of the memory, for each of the workers. */
export function inFlightLimit({ configured, workers, constrained, total }: MemoryFacts): number {
  if (configured !== undefined) return Math.floor(configured / workers);
  const memory = constrained > 0 ? Math.min(constrained, total) : total;
  return Math.max(minBytes, Math.floor((memory / workers - baselineBytes) / multiple));
}
