import { signalNames } from "../signal.ts";
import type { Point, Snapshot } from "../telemetry/metrics/metrics.ts";
import { type LedgerRow, ledgerOf } from "./ledger.ts";
import { gaugeOf, pointsOf, sumOf } from "./points.ts";
import type { DestinationState } from "./recent.ts";

/** What a person wants to know first of a process. Times are milliseconds since the epoch, counts are since its start. */
export interface Overview {
  readonly at: number;
  /** Why requests are not served with success now; absent when they are. */
  readonly notReady?: string;
  readonly build: { readonly version: string; readonly node: string; readonly startedAt: number };
  readonly ledger: readonly LedgerRow[];
  /** Requests that were refused for good, and that were asked to come again. */
  readonly requests: { readonly refused: number; readonly unavailable: number };
  readonly destinations: readonly DestinationRow[];
  readonly queues: readonly QueueRow[];
  readonly storage?: { readonly bytes: number; readonly maxBytes: number; readonly freeBytes?: number };
  readonly load: ProcessLoad;
}

/** A destination as it is now: `up` is unknown before anything was sent. */
export interface DestinationRow {
  readonly name: string;
  readonly up?: boolean;
  /** Why it is down, in its own words. */
  readonly reason?: string;
  readonly since?: number;
  /** When it is tried again. */
  readonly retryAt?: number;
  readonly delivered: number;
  readonly exports: number;
  readonly retried: number;
  readonly refusals: number;
  /** Of all exports since the start. */
  readonly meanSeconds?: number;
}

/** A queue on the disk, or one elsewhere whose size is known. */
export interface QueueRow {
  readonly name: string;
  readonly messages: number;
  readonly bytes?: number;
  readonly inFlight?: number;
  readonly oldestSeconds?: number;
}

export interface ProcessLoad {
  readonly inFlightBytes: number;
  readonly inFlightRequests: number;
  /** Seconds. */
  readonly loopDelay: { readonly median: number; readonly p99: number; readonly max: number };
  readonly residentBytes: number;
  readonly cpuSeconds: number;
}

export interface OverviewFacts {
  readonly now: number;
  readonly notReady?: string | undefined;
  readonly destinations?: readonly DestinationState[];
}

/** The overview of a process from its metrics, the same that `/metrics` shows, and what it remembers of its destinations. */
export function overviewOf(snapshot: Snapshot, { now, notReady, destinations = [] }: OverviewFacts): Overview {
  const [build] = pointsOf(snapshot, "sluice_build_info");
  const max = gaugeOf(snapshot, "sluice_storage_max_bytes");
  const free = gaugeOf(snapshot, "sluice_storage_free_bytes");
  const queues = queuesOf(snapshot);
  return {
    at: now,
    ...(notReady !== undefined && { notReady }),
    build: {
      version: build?.labels.version ?? "",
      node: build?.labels.node ?? "",
      startedAt: (gaugeOf(snapshot, "process_start_time_seconds") ?? 0) * 1000,
    },
    ledger: ledgerOf(snapshot),
    requests: {
      refused: sumOf(snapshot, "sluice_refused_requests_total"),
      unavailable: sumOf(snapshot, "sluice_unavailable_requests_total"),
    },
    destinations: destinationsOf(snapshot, destinations),
    queues,
    ...(max !== undefined && {
      storage: {
        bytes: queues.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
        maxBytes: max,
        ...(free !== undefined && { freeBytes: free }),
      },
    }),
    load: loadOf(snapshot),
  };
}

function queuesOf(snapshot: Snapshot): readonly QueueRow[] {
  const of = (points: readonly Point[], queue: string) => points.find(({ labels }) => labels.queue === queue)?.value;
  const bytes = pointsOf(snapshot, "sluice_storage_bytes");
  const oldest = pointsOf(snapshot, "sluice_storage_oldest_seconds");
  return pointsOf(snapshot, "sluice_storage_messages").map(({ labels, value }) => {
    const name = labels.queue ?? "";
    return { name, messages: value, bytes: of(bytes, name) ?? 0, oldestSeconds: of(oldest, name) ?? 0 };
  });
}

function destinationsOf(snapshot: Snapshot, states: readonly DestinationState[]): readonly DestinationRow[] {
  const metrics = [
    "sluice_delivered_items_total",
    "sluice_retried_exports_total",
    "sluice_destination_refusals_total",
  ] as const;
  const named = metrics.flatMap((name) => pointsOf(snapshot, name)).map(({ labels }) => labels.destination ?? "");
  const lanes = pointsOf(snapshot, "sluice_destination_up");
  const names = new Set([...named, ...states.map(({ name }) => withoutSignal(name))]);
  return [...names].sort().map((destination) => {
    const only = { destination };
    const exports = sumOf(snapshot, "sluice_delivered_exports_total", only);
    const durations = pointsOf(snapshot, "sluice_export_duration_seconds").filter(
      ({ labels }) => labels.destination === destination,
    );
    const timed = durations.reduce((sum, { counts = [] }) => sum + counts.reduce((all, each) => all + each, 0), 0);
    const seconds = durations.reduce((sum, { value }) => sum + value, 0);
    const own = lanes.filter(({ labels }) => withoutSignal(labels.destination ?? "") === destination);
    const isUp = own.length === 0 ? (exports > 0 ? true : undefined) : own.every(({ value }) => value > 0);
    return {
      name: destination,
      ...(isUp !== undefined && { up: isUp }),
      ...(isUp !== true && whyDown(destination, states)),
      delivered: sumOf(snapshot, "sluice_delivered_items_total", only),
      exports,
      retried: sumOf(snapshot, "sluice_retried_exports_total", only),
      refusals: sumOf(snapshot, "sluice_destination_refusals_total", only),
      ...(timed > 0 && { meanSeconds: seconds / timed }),
    };
  });
}

/** What is known of the signals of a destination that is down, in one: since the first, and the reason of the last that was told. */
function whyDown(destination: string, states: readonly DestinationState[]): Omit<DestinationState, "name"> {
  const down = states.filter(({ name, reason }) => reason !== undefined && withoutSignal(name) === destination);
  const [first] = down.toSorted((one, other) => (one.since ?? 0) - (other.since ?? 0));
  const { name: _, ...last } = down.at(-1) ?? { name: destination };
  return { ...last, ...(first?.since !== undefined && { since: first.since }) };
}

/** Exports of each signal fail and recover by themselves, so what is told of them has the signal behind the destination's name. */
function withoutSignal(name: string): string {
  const signal = signalNames.find((each) => name.endsWith(` ${each}`));
  return signal === undefined ? name : name.slice(0, -signal.length - 1);
}

function loadOf(snapshot: Snapshot): ProcessLoad {
  const delay = (stat: string) => sumOf(snapshot, "sluice_event_loop_delay_seconds", { stat });
  return {
    inFlightBytes: sumOf(snapshot, "sluice_in_flight_bytes"),
    inFlightRequests: sumOf(snapshot, "sluice_in_flight_requests"),
    loopDelay: { median: delay("median"), p99: delay("p99"), max: delay("max") },
    residentBytes: sumOf(snapshot, "process_resident_memory_bytes"),
    cpuSeconds: sumOf(snapshot, "process_cpu_seconds_total"),
  };
}
