/** Runs tasks one after the other. */
export interface Sequence {
  run<T>(task: () => Promise<T>): Promise<T>;
}

/** A sequence of its own; a task that fails does not stop the next one. */
export function createSequence(): Sequence {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task) {
      const result = last.then(task);
      last = result.catch(() => {});
      return result;
    },
  };
}
