import type { ServerHttp2Session } from "node:http2";

/** Milliseconds; undefined is never. */
export interface KeepAliveLimits {
  readonly ageMs?: number;
  /** What calls have from the end of a connection's time on; undefined: as long as they take. */
  readonly ageGraceMs?: number;
  readonly pingMs?: number;
  readonly pingTimeoutMs?: number;
}

/** gRPC's own: what a client that gives no sign of life has left. */
const defaultPingTimeoutMs = 20_000;
/** So that clients that came together do not all come again together. */
const jitter = 0.1;

/** Ends a connection when its time is over, and one whose client is gone without a word (gRFC A8, A9). */
export function keepAlive(session: ServerHttp2Session, limits: KeepAliveLimits): void {
  const { ageMs, ageGraceMs, pingMs, pingTimeoutMs = defaultPingTimeoutMs } = limits;
  const timers: NodeJS.Timeout[] = [];
  if (ageMs !== undefined) {
    const spread = ageMs * (1 + jitter * (2 * Math.random() - 1));
    timers.push(setTimeout(() => session.close(), spread));
    if (ageGraceMs !== undefined) timers.push(setTimeout(() => session.destroy(), spread + ageGraceMs));
  }
  if (pingMs !== undefined) timers.push(setInterval(ask, pingMs));
  session.once("close", () => {
    for (const timer of timers) clearTimeout(timer);
  });

  function ask(): void {
    if (session.destroyed) return;
    const late = setTimeout(() => session.destroy(), pingTimeoutMs);
    // Answered, or over: both end the waiting.
    if (!session.ping(() => clearTimeout(late))) clearTimeout(late);
  }
}
