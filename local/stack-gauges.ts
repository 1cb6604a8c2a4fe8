import { grafanaCloudName } from "../shared/config/destinations.ts";
import { createProcessMetrics } from "../shared/node/process-metrics.ts";
import { signalNames } from "../shared/signal.ts";
import type { Metrics } from "../shared/telemetry/metrics/metrics.ts";
import { itemsOf } from "./receiver/items-of.ts";

export interface StackGaugesOptions {
  readonly metrics: Metrics;
  readonly version: string;
  /** Bodies of messages that are not delivered yet, and of dead letters. */
  readonly queued: () => readonly string[];
  readonly parked: () => readonly string[];
  /** Requests that are being answered, and the bytes held for them. */
  readonly load: () => { readonly requests: number; readonly bytes: number };
}

/** What the stack holds just now, measured whenever its metrics are read. */
export function createStackGauges({ metrics, version, queued, parked, load }: StackGaugesOptions): () => void {
  const measureProcess = createProcessMetrics(metrics, { version });
  return () => {
    measureProcess();
    const inFlight = itemsOf(queued());
    const letters = itemsOf(parked());
    for (const signal of signalNames) {
      metrics.set("sluice_in_flight_items", { signal }, inFlight[signal]);
      metrics.set("sluice_dead_letter_items", { signal }, letters[signal]);
    }
    const { requests, bytes } = load();
    metrics.set("sluice_in_flight_requests", {}, requests);
    metrics.set("sluice_in_flight_bytes", {}, bytes);
  };
}

/** Counters of what has not happened yet are 0, not absent. */
export function countFromZero(metrics: Metrics): void {
  for (const signal of signalNames) {
    for (const transport of ["http", "grpc"]) metrics.add("sluice_accepted_items_total", { signal, transport }, 0);
    metrics.add("sluice_delivered_items_total", { signal, destination: grafanaCloudName }, 0);
    metrics.add("sluice_rejected_items_total", { signal, destination: grafanaCloudName }, 0);
    metrics.add("sluice_dead_lettered_items_total", { signal, destination: grafanaCloudName, reason: "rejected" }, 0);
  }
}
