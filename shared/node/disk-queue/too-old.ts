import type { QueueOptions } from "./queue-options.ts";

/** Whether what was sent then, milliseconds since the epoch, is too old to be kept. */
export type IsTooOld = (sentAt: number) => boolean;

/**
 * Time passes as long as the queue is open, however far the clock is set forward meanwhile: a wrong date, or one that is put right after
 * the start, must not drop what waits. The clock as it is decides at the next start.
 */
export function createIsTooOld({
  clock,
  monotonic,
  maxAgeMs,
}: Pick<QueueOptions, "clock" | "monotonic" | "maxAgeMs">): IsTooOld {
  const startedAt = clock.now() - monotonic();
  return (sentAt) => Math.min(clock.now(), startedAt + monotonic()) - sentAt > maxAgeMs;
}
