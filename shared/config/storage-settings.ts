import type { Setting } from "./setting.ts";

/** The settings of the disk queue. */
export const storageSettings = {
  storagePath: {
    type: "string",
    env: "SLUICE_STORAGE_PATH",
    help: "Directory of the daemon's own queue and dead letters, for hosts without SQS; one process each; unset: none",
  },
  storageMaxBytes: {
    type: "bytes",
    env: "SLUICE_STORAGE_MAX_BYTES",
    default: "1GiB",
    min: 16_777_216,
    max: 17_592_186_044_416,
    help: "Most bytes in SLUICE_STORAGE_PATH, all queues together; when they are used, senders are asked to come back",
  },
  storageMaxAge: {
    type: "duration",
    env: "SLUICE_STORAGE_MAX_AGE",
    default: "336h",
    min: 60_000,
    max: 31_536_000_000,
    help: "Age at which messages in SLUICE_STORAGE_PATH are dropped, counted and logged; 336h is 14 days",
  },
} as const satisfies Record<string, Setting>;
