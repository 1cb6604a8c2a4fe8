import type { Io } from "./io.ts";

/** Turns Ctrl-C and SIGTERM into an `AbortSignal`, so that work ends between two steps; the second one ends the process. */
export function watchInterruption(io: Pick<Io, "say">): { readonly signal: AbortSignal; dispose(): void } {
  const stop = new AbortController();

  function interrupt(): void {
    if (stop.signal.aborted) process.exit(130);
    io.say("Stopping after what is in hand; once more stops at once.");
    stop.abort();
  }

  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return { signal: stop.signal, dispose: () => process.off("SIGINT", interrupt).off("SIGTERM", interrupt) };
}
