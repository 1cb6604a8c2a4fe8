import { attribute, block, blockWithDefaults, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { capsule } from "../../../../shared/alloy/composite-types.ts";
import { bool, int, number } from "../../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import { defaultEgressLimits, type EgressLimits } from "../../../egress/egress.ts";

const queueBatch = table(
  {
    flush_timeout: attribute(duration, { default: 200 }),
    min_size: attribute(int, { default: 2000 }),
    max_size: attribute(int, { default: 3000 }),
    sizer: attribute(string, { default: "items" }),
  },
  {
    validate({ min_size: min, max_size: max, sizer }) {
      if (sizer !== "items" && sizer !== "bytes") return "`batch` supports only `items` or `bytes` sizer";
      return max !== 0 && max < min ? "`max_size` must be greater or equal to `min_size`" : undefined;
    },
  },
);

const sendingQueue = table(
  {
    enabled: attribute(bool, {
      default: true,
      help: "With a storage path, what the destination does not take is queued on the disk; without, or when false, clients are asked to send again.",
    }),
    num_consumers: attribute(int, { default: 10, help: "Exports under way are bounded by their bytes instead." }),
    queue_size: attribute(int, {
      default: 1000,
      help: "The disk queue is bounded by bytes and age of the storage path.",
    }),
    block_on_overflow: attribute(bool, {
      help: "Nothing is ever dropped for want of room: clients are asked to send again.",
    }),
    sizer: attribute(string, { default: "requests" }),
    wait_for_result: attribute(bool, { help: "Every answer waits for the result or the disk." }),
    storage: attribute(capsule("otelcol.storage.Handler"), {
      unsupported: "the queue is on the disk already: leave it out",
    }),
    batch: block(queueBatch),
  },
  {
    validate: ({ queue_size: size, enabled }) =>
      enabled && size <= 0 ? "queue_size must be greater than zero" : undefined,
  },
);

const retryOnFailure = table(
  {
    enabled: attribute(bool, { default: true }),
    initial_interval: attribute(duration, { default: 5000 }),
    randomization_factor: attribute(number, { default: 0.5 }),
    multiplier: attribute(number, { default: 1.5 }),
    max_interval: attribute(duration, { default: 30_000 }),
    max_elapsed_time: attribute(duration, {
      default: 300_000,
      help: "Nothing is given up after a time: what is queued stays for as long as the storage keeps it.",
    }),
  },
  { validate: ({ multiplier }) => (multiplier <= 1 ? "multiplier must be greater than 1.0" : undefined) },
);

/** Blocks that all exporters have. */
export const sendingFields = {
  sending_queue: blockWithDefaults(sendingQueue),
  retry_on_failure: blockWithDefaults(retryOnFailure),
};

interface Sending {
  readonly sending_queue: DecodedBy<typeof sendingQueue>;
  readonly retry_on_failure: DecodedBy<typeof retryOnFailure>;
}

/** What the blocks say in terms of the egress. */
export function limitsOf({ sending_queue: queue, retry_on_failure: retry }: Sending, timeoutMs: number): EgressLimits {
  const { batch } = queue;
  const isItems = batch?.sizer === "items";
  return {
    ...defaultEgressLimits,
    exportTimeoutMs: timeoutMs,
    directWaitMs: Math.min(timeoutMs, defaultEgressLimits.directWaitMs),
    firstRetryMs: retry.initial_interval,
    maxRetryMs: Math.max(retry.initial_interval, retry.max_interval),
    ...(batch && { batchDelayMs: batch.flush_timeout }),
    ...(isItems && batch.min_size > 0 && { batchItems: batch.min_size }),
    ...(isItems && batch.max_size > 0 && { maxExportItems: batch.max_size }),
    ...(batch && !isItems && batch.min_size > 0 && { batchBytes: batch.min_size }),
  };
}
