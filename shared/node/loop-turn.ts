import type { InTurn } from "../in-turn.ts";

/**
 * Calls back after the event loop has read what waits in its sockets: a timer that fires late, because the loop was busy,
 * must not judge a client by bytes that have arrived but were not looked at. (Node's phases: timers, poll, check.)
 */
export function afterTurn(callback: () => void): void {
  setImmediate(() => setImmediate(callback));
}

/** A queue of its own for work that is too long to be done several times in one turn of the loop. */
export function createInTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(() => new Promise((resolve) => setImmediate(resolve))).then(work);
    last = result.catch(() => {});
    return result;
  };
}
