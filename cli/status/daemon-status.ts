import { causeText } from "../../shared/error-text.ts";
import type { LedgerRow } from "../../shared/overview/ledger.ts";
import type { Overview } from "../../shared/overview/overview.ts";

/** What a daemon's admin port says, or why it cannot be asked. */
export type DaemonStatus =
  | {
      readonly kind: "read";
      readonly ready: boolean;
      /** Why it is not ready, in its own words. */
      readonly reason?: string;
      /** The ledger, summed over the signals, and what is held in memory. */
      readonly counts: DaemonCounts;
    }
  | { readonly kind: "absent"; readonly reason: string };

export interface DaemonCounts {
  readonly accepted_items: number;
  readonly delivered_items: number;
  readonly rejected_items: number;
  readonly dead_lettered_items: number;
  readonly spilled_items: number;
  readonly refused_requests: number;
  readonly in_flight_bytes: number;
}

const timeoutMs = 5_000;

/** Asks a daemon, or the local stack, through its admin port, for what its pages show. Never rejects. */
export async function readDaemonStatus(adminUrl: string): Promise<DaemonStatus> {
  try {
    const url = `${adminUrl}/api/v0/sluice/overview`;
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return { kind: "absent", reason: `${url} answers ${response.status}` };
    const { notReady, ledger, requests, load } = (await response.json()) as Overview;
    const sum = (of: (row: LedgerRow) => number) => ledger.reduce((total, row) => total + of(row), 0);
    const counts = {
      accepted_items: sum(({ accepted }) => accepted),
      delivered_items: sum(({ delivered }) => delivered),
      rejected_items: sum(({ rejected }) => rejected),
      dead_lettered_items: sum(({ deadLettered }) => deadLettered),
      spilled_items: sum(({ spilled }) => spilled),
      refused_requests: requests.refused,
      in_flight_bytes: load.inFlightBytes,
    };
    return notReady === undefined
      ? { kind: "read", ready: true, counts }
      : { kind: "read", ready: false, reason: notReady, counts };
  } catch (error) {
    return { kind: "absent", reason: causeText(error) };
  }
}
