/** Work that goes on for as long as its target is there. */
export interface WorkerSet<Target> {
  /** Starts what is new, stops what is gone, leaves the rest alone. Targets that differ in their text are different ones. */
  set(targets: ReadonlyMap<string, Target>): void;
  /** Stops everything; resolves when all of it has ended. */
  stop(): Promise<void>;
  readonly keys: readonly string[];
}

/** `work` runs once for each target; `isGone` says at its end whether the target is no longer wanted. It must not reject. */
export function createWorkerSet<Target>(
  work: (target: Target, signal: AbortSignal, isGone: () => boolean) => Promise<void>,
): WorkerSet<Target> {
  const running = new Map<string, { readonly text: string; readonly stop: AbortController; isGone: boolean }>();
  const ending = new Set<Promise<void>>();

  function start(key: string, target: Target, text: string): void {
    const worker = { text, stop: new AbortController(), isGone: false };
    running.set(key, worker);
    const ended = work(target, worker.stop.signal, () => worker.isGone).finally(() => ending.delete(ended));
    ending.add(ended);
  }

  return {
    set(targets) {
      for (const [key, worker] of running) {
        const target = targets.get(key);
        if (target !== undefined && JSON.stringify(target) === worker.text) continue;
        worker.isGone = target === undefined;
        worker.stop.abort();
        running.delete(key);
      }
      for (const [key, target] of targets) if (!running.has(key)) start(key, target, JSON.stringify(target));
    },
    async stop() {
      for (const { stop } of running.values()) stop.abort();
      running.clear();
      await Promise.all(ending);
    },
    get keys() {
      return [...running.keys()];
    },
  };
}
