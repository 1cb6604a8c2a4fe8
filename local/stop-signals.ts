/** A Ctrl-C reaches this process twice: from the terminal, and forwarded by npm. A person needs longer for a second one. */
const echoMs = 200;
const parentCheckMs = 200;

/**
 * Calls `stop` at the first SIGINT or SIGTERM; the second one ends the process at once, with exit code 1. Run by npm, a
 * process whose npm was killed is told to stop too: nobody is left to send it a signal.
 */
export function onStopSignal(stop: (reason: string) => void): void {
  let stoppedAt: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => receive(signal));
  if (process.env.npm_lifecycle_event !== undefined) watchParent();

  function receive(reason: string): void {
    const now = performance.now();
    if (stoppedAt === undefined) {
      stoppedAt = now;
      stop(reason);
    } else if (now - stoppedAt > echoMs) {
      process.exit(1);
    }
  }

  function watchParent(): void {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      receive("npm is gone");
    }, parentCheckMs);
    timer.unref();
  }
}
