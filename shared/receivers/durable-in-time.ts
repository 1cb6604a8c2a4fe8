import type { Clock } from "../clock.ts";

/**
 * Whether `durable` resolves within `waitMs`. Where it does not, or rejects, a client is asked to send again rather than to wait on:
 * what it then sends twice is known by its time. Never rejects.
 */
export async function isDurableInTime(
  durable: Promise<unknown>,
  { clock, waitMs }: { readonly clock: Pick<Clock, "sleep">; readonly waitMs: number },
): Promise<boolean> {
  const waiting = new AbortController();
  const done = durable.then(
    () => true,
    () => false,
  );
  const late = clock.sleep(waitMs, waiting.signal).then(() => false);
  const isDurable = await Promise.race([done, late]);
  waiting.abort();
  return isDurable;
}
