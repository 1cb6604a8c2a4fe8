import type { SignalName } from "../signal.ts";
import type { DeadLetterSummary } from "./dead-letter.ts";

/**
 * What the destination will probably say to the age of the data: `refused` means all of it, `partly` its older part, `maybe`
 * depends on what has arrived since.
 */
export interface Staleness {
  readonly verdict: "refused" | "partly" | "maybe";
  readonly reason: string;
}

interface Window {
  readonly ms: number;
  readonly reason: string;
  /** Above this age it depends on what else the destination has got. */
  readonly maybe?: { readonly ms: number; readonly reason: string };
}

const hour = 3_600_000;

/** Grafana Cloud's limits on age (its documentation of usage limits, and of Loki's request validation); traces have none. */
const windows: Readonly<Partial<Record<SignalName, Window>>> = {
  metrics: { ms: 2 * hour, reason: "metrics are refused when they are more than 2 hours behind" },
  logs: {
    ms: 7 * 24 * hour,
    reason: "logs are refused when they are older than 7 days",
    maybe: { ms: hour, reason: "logs are refused when they are more than an hour behind the newest of their stream" },
  },
};

/** Judges the age of a letter's data; undefined where nothing speaks against it, or no item has a time. */
export function stalenessOf(letter: DeadLetterSummary, now: number): Staleness | undefined {
  const { signal, oldestAt, newestAt } = letter;
  const window = signal && windows[signal];
  if (!window || oldestAt === undefined || newestAt === undefined) return undefined;
  if (now - newestAt > window.ms) return { verdict: "refused", reason: window.reason };
  if (now - oldestAt > window.ms) return { verdict: "partly", reason: window.reason };
  const { maybe } = window;
  return maybe && now - oldestAt > maybe.ms ? { verdict: "maybe", reason: maybe.reason } : undefined;
}
