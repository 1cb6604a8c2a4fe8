import { createHash } from "node:crypto";
import type { Delivery } from "./delivery.ts";

/** Requests that were answered with success a while ago, so that one that comes again is not stored twice. */
export interface RepeatedRequests {
  /** Names a request by its stream, its id and its records: an id alone does not prove that it is the same. */
  keyOf(delivery: Pick<Delivery, "requestId" | "sourceArn" | "records">): string;
  has(key: string): boolean;
  add(key: string): void;
}

/** Firehose keeps what it could not deliver for 24 hours at most. */
const maxAgeMs = 86_400_000;
/** 44 characters each: a few megabytes at most. */
const maxKnown = 20_000;

/**
 * Remembers in memory, for this process alone: a function has many, and forgets when it is frozen for good. It saves most copies that
 * come of an answer that was lost on its way; at least once remains the promise.
 */
export function createRepeatedRequests(now: () => number): RepeatedRequests {
  const known = new Map<string, number>();
  return {
    keyOf({ requestId, sourceArn, records }) {
      const digest = createHash("sha256").update(`${sourceArn}\n${requestId}\n${records.length}\n`);
      for (const record of records) digest.update(`${record.length}\n`).update(record);
      return digest.digest("base64");
    },
    has(key) {
      const at = known.get(key);
      return at !== undefined && now() - at < maxAgeMs;
    },
    add(key) {
      known.delete(key);
      known.set(key, now());
      const [oldest] = known.keys();
      if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
    },
  };
}
