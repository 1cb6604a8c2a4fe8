import { refusedAsLogs, type UnusableRecord } from "../aws-events/refused-as-logs.ts";
import type { Batch } from "../batch/batch.ts";
import type { RefusedPart } from "../batch/outcome.ts";
import type { Attribute } from "../otlp/write-attribute.ts";
import { merge } from "../wire/merge.ts";
import { createToDeadLetters, type ToDeadLettersOptions } from "./to-dead-letters.ts";

export interface KeepRefusedOptions extends ToDeadLettersOptions {
  /** For whom the letters are, when somebody replays them. */
  readonly destination: string;
}

/** Dead-letters what cannot be used, with where it came from; whether all of it is durable. Never rejects. */
export type KeepRefusedRecords = (records: readonly UnusableRecord[], origin: readonly Attribute[]) => Promise<boolean>;

/**
 * Dead-letters records that never became telemetry, as log records: so they are listed, shown and discarded as all dead letters; a replay
 * delivers them as logs.
 */
export function createKeepRefusedRecords(options: KeepRefusedOptions): KeepRefusedRecords {
  const { clock, destination } = options;
  const toDeadLetters = createToDeadLetters(options);

  return async function keepRefusedRecords(records, origin) {
    const acceptedAt = Math.floor(clock.now());
    const parts = refusedAsLogs(records, { origin, ms: acceptedAt }).map(
      ({ bytes, items, reason, message }): RefusedPart => ({
        bytes,
        items,
        why: { reason: "undecodable", message: `${reason}: ${message}` },
      }),
    );
    if (parts.length === 0) return true;
    const payload = merge(parts.map(({ bytes }) => bytes));
    const batch: Batch = {
      format: "otlp/logs",
      destination,
      items: parts.reduce((sum, { items }) => sum + items, 0),
      bytes: payload.length,
      encoding: "identity",
      payload,
      acceptedAt,
    };
    const results = await toDeadLetters(new Map([[batch, parts]]));
    return results.get(batch) === "dead-lettered";
  };
}
