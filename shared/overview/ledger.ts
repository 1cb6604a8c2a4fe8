import { type SignalName, signalNames } from "../signal.ts";
import type { MetricName } from "../telemetry/metrics/metric-table.ts";
import type { Snapshot } from "../telemetry/metrics/metrics.ts";
import { gaugeOf, pointsOf, sumOf } from "./points.ts";

/** Items of one signal since the start: accepted = delivered + rejected + dead-lettered + dropped by rules + handed on + in flight. */
export interface LedgerRow {
  readonly signal: SignalName;
  readonly accepted: number;
  /** Summed over the destinations: with several, an item counts once for each that took it. */
  readonly delivered: number;
  readonly rejected: number;
  readonly deadLettered: number;
  /** Dropped by a rule of the pipeline, or for its age in the queue. */
  readonly dropped: number;
  /** Durable in a queue that others deliver from. */
  readonly handedOn: number;
  /** Put into the queue, of whoever delivers from it: not a way out by itself. */
  readonly spilled: number;
  /** Undefined where the counters do not say: several destinations, or sources that are read again after a restart. */
  readonly inFlight?: number;
  /** Items more than were accepted have left: they waited from before the start. */
  readonly fromBefore?: number;
}

/** What components count as taken in, beside requests: by signal. */
const sources: Readonly<Record<SignalName, readonly MetricName[]>> = {
  traces: [],
  metrics: [
    "prometheus_forwarded_samples_total",
    // Items of exports as well.
    "prometheus_remote_storage_exemplars_total",
    "prometheus_remote_storage_metadata_total",
  ],
  logs: [
    "loki_source_file_entries_total",
    "loki_source_docker_target_entries_total",
    "loki_source_syslog_entries_total",
  ],
};
/** What they drop by a rule. */
const ruledOut: Readonly<Record<SignalName, readonly MetricName[]>> = {
  traces: [],
  metrics: ["prometheus_remote_storage_samples_dropped_total"],
  logs: ["loki_process_dropped_lines_total"],
};

/** The ledger of a process from its metrics. */
export function ledgerOf(snapshot: Snapshot): readonly LedgerRow[] {
  const hasOwnQueue = gaugeOf(snapshot, "sluice_storage_max_bytes") !== undefined;
  const isMeasured = pointsOf(snapshot, "sluice_in_flight_items").length > 0;
  const destinations = new Set(
    pointsOf(snapshot, "sluice_delivered_items_total").map(({ labels }) => labels.destination),
  );
  return signalNames.map((signal): LedgerRow => {
    const only = { signal };
    const taken = sources[signal].reduce((sum, name) => sum + sumOf(snapshot, name), 0);
    const ruled = ruledOut[signal].reduce((sum, name) => sum + sumOf(snapshot, name), 0);
    const spilled = sumOf(snapshot, "sluice_spilled_items_total", only);
    const row = {
      signal,
      accepted: sumOf(snapshot, "sluice_accepted_items_total", only) + taken,
      delivered: sumOf(snapshot, "sluice_delivered_items_total", only),
      rejected: sumOf(snapshot, "sluice_rejected_items_total", only),
      deadLettered: sumOf(snapshot, "sluice_dead_lettered_items_total", only),
      dropped: sumOf(snapshot, "otelcol_processor_dropped_items_total", only) + ruled,
      spilled,
      handedOn: hasOwnQueue || isMeasured ? 0 : spilled,
    };
    if (isMeasured) return { ...row, inFlight: sumOf(snapshot, "sluice_in_flight_items", only) };
    if (destinations.size > 1 || taken > 0) return row;
    const left = row.accepted - row.delivered - row.rejected - row.deadLettered - row.dropped - row.handedOn;
    return left < 0 ? { ...row, inFlight: 0, fromBefore: -left } : { ...row, inFlight: left };
  });
}
