import { errorText } from "../../shared/error-text.ts";
export type DaemonStatus =
  | {
      readonly kind: "read";
      readonly ready: boolean;
      /** Why it is not ready, in its own words. */
      readonly reason?: string;
      /** Sums over all labels of the counters and gauges of the ledger. */
      readonly counts: Readonly<Record<(typeof ledger)[number], number>>;
    }
  | { readonly kind: "absent"; readonly reason: string };

const ledger = [
  "accepted_items",
  "delivered_items",
  "rejected_items",
  "dead_lettered_items",
  "spilled_items",
  "refused_requests",
  "in_flight_bytes",
] as const;

/** Asks a daemon, or the local stack, through its admin port. Never rejects. */
export async function readDaemonStatus(adminUrl: string): Promise<DaemonStatus> {
  try {
    const [ready, metrics] = await Promise.all([get(`${adminUrl}/-/ready`), get(`${adminUrl}/metrics`)]);
    const counts = countsOf(metrics.text);
    return ready.ok
      ? { kind: "read", ready: true, counts }
      : { kind: "read", ready: false, reason: ready.text, counts };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: "absent", reason: errorText(cause) };
  }
}

async function get(url: string): Promise<{ readonly ok: boolean; readonly text: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return { ok: response.ok, text: (await response.text()).trim() };
}

function countsOf(text: string): Record<(typeof ledger)[number], number> {
  const sums = new Map<string, number>();
  for (const [, name = "", value] of text.matchAll(/^([a-z_]+)(?:\{[^\n]*\})? (\S+)$/gm)) {
    const short = name.replace(/^sluice_/, "").replace(/_total$/, "");
    sums.set(short, (sums.get(short) ?? 0) + Number(value));
  }
  return Object.fromEntries(ledger.map((name) => [name, sums.get(name) ?? 0])) as Record<
    (typeof ledger)[number],
    number
  >;
}
