import type { Storage } from "../../shared/node/disk-queue/storage.ts";
import type { Metrics } from "../../shared/telemetry/metrics/metrics.ts";

/** Sets the gauges of a storage to what it holds now. */
export function measureStorage(storage: Storage, metrics: Pick<Metrics, "set">, now: number): void {
  const { queues, maxBytes, freeBytes } = storage.facts();
  metrics.set("sluice_storage_max_bytes", {}, maxBytes);
  if (freeBytes !== undefined) metrics.set("sluice_storage_free_bytes", {}, freeBytes);
  for (const [queue, { messages, bytes, oldestAt }] of queues) {
    metrics.set("sluice_storage_messages", { queue }, messages);
    metrics.set("sluice_storage_bytes", { queue }, bytes);
    const ageMs = oldestAt === undefined ? 0 : Math.max(0, now - oldestAt);
    metrics.set("sluice_storage_oldest_seconds", { queue }, ageMs / 1000);
  }
}
