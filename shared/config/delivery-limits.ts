import type { DeliverOptions } from "../delivery/deliver.ts";
import type { Config } from "./resolve.ts";

type Limits = Pick<DeliverOptions, "maxExportBytes" | "maxExportItems" | "exportTimeoutMs" | "baseMs" | "maxMs">;
type Settings = Pick<Config, "maxExportBytes" | "maxExportItems" | "exportTimeout" | "maxRetryDelay">;

/** Delay before the second attempt of a batch, as the Collector's exporters. */
const firstRetryMs = 5000;

/** The settings of delivery, in the shape of its options. */
export function deliveryLimits(settings: Settings): Limits {
  const { maxExportBytes, maxExportItems, exportTimeout, maxRetryDelay } = settings;
  return {
    maxExportBytes,
    maxExportItems,
    exportTimeoutMs: exportTimeout,
    baseMs: Math.min(firstRetryMs, maxRetryDelay),
    maxMs: maxRetryDelay,
  };
}
