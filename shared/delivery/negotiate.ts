import type { Destination } from "./destination.ts";
import type { Exporter } from "./exporter.ts";
import type { TransportAnswer } from "./transport.ts";
import type { Verdict } from "./verdict.ts";

/** An answer, and what it means. */
export interface Judged {
  readonly answer: TransportAnswer;
  readonly verdict: Verdict;
}

/** Sends in the protocol that the destination turns out to speak. */
export type Negotiate = (destination: Destination, sendAs: (exporter: Exporter) => Promise<Judged>) => Promise<Verdict>;

/**
 * Sends as the destination's exporter does; where the receiver seems not to know its message, as its fallback. What was taken once is
 * remembered for the endpoint and not changed any more: an answer to data must not pass for one to the protocol.
 */
export function createNegotiate(): Negotiate {
  const spoken = new Map<string, "own" | "fallback">();

  return async function negotiate({ name, endpoint, exporter }, sendAs) {
    const { fallback } = exporter;
    if (!fallback) return (await sendAs(exporter)).verdict;
    const key = `${name} ${endpoint}`;
    const known = spoken.get(key);
    if (known === "fallback") return (await sendAs(fallback.to)).verdict;
    const { answer, verdict } = await sendAs(exporter);
    if (known === undefined && fallback.isDue(answer)) {
      const other = (await sendAs(fallback.to)).verdict;
      if (other.kind !== "delivered") return verdict;
      spoken.set(key, "fallback");
      return { message: `it does not know ${exporter.protocol}: ${fallback.to.protocol} is sent to it`, ...other };
    }
    if (verdict.kind === "delivered") spoken.set(key, "own");
    return verdict;
  };
}
