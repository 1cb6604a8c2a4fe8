import { type SignalName, signalNames } from "../../shared/signal.ts";

/** Items per signal in the envelopes of queued messages, read from their header lines (docs/queue-format.md). */
export function itemsOf(bodies: readonly string[]): Readonly<Record<SignalName, number>> {
  const items: Record<SignalName, number> = { traces: 0, metrics: 0, logs: 0 };
  for (const body of bodies) {
    const header = headerOf(body);
    const signal = signalNames.find((name) => name === header.signal);
    if (signal && typeof header.items === "number") items[signal] += header.items;
  }
  return items;
}

function headerOf(body: string): { signal?: unknown; items?: unknown } {
  try {
    return JSON.parse(body.slice(0, Math.max(0, body.indexOf("\n")))) ?? {};
  } catch {
    return {};
  }
}
