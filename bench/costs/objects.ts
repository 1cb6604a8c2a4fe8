import { price } from "./price.ts";
import { type Cost, costTableOf } from "./table.ts";

/** Measured or chosen. */
const assumption = {
  /** `bench/objects.ts`, load balancer: processor seconds of a million records, packed for the queue. */
  cpuSecondsPerMillion: 20,
  /** A function of 1 GiB has this much of a processor. */
  processors: 1024 / 1769,
  functionGibibytes: 1,
  objectsPerInvocation: 5,
  /** Records of one message of the queue of batches: 4 MiB of them, gzip in base64. */
  bytesPerRecord: 1400,
  batchBytes: 2 * 2 ** 20,
  chunksPerBatch: 5,
  alarms: 3,
} as const;

/** Dollars of reading so many records out of objects of so many; what delivering them costs is in the table of `docs/deploy.md`. */
export function objectsCost(records: number, recordsPerObject: number): Cost {
  const objects = records / recordsPerObject;
  const seconds = (records / 1e6) * (assumption.cpuSecondsPerMillion / assumption.processors);
  const batches = Math.max(objects, (records * assumption.bytesPerRecord) / assumption.batchBytes);
  return {
    "S3 GetObject": objects * price.getObject,
    EventBridge: objects * price.event,
    // A notice is sent, received and deleted; a batch counts a request for each 64 KiB.
    queues: (objects * 3 + batches * assumption.chunksPerBatch) * price.sqsRequest,
    function:
      (objects / assumption.objectsPerInvocation) * price.invocation +
      seconds * assumption.functionGibibytes * price.gibibyteSecondArm,
    alarms: assumption.alarms * price.alarm,
  };
}

/** The table of `docs/aws-sources.md`: what 100 million records a month cost, by the size of their objects. */
export function objectsCostTable(): string {
  const sizes = [1000, 100_000];
  const columns = sizes.map((size) => ({ head: size.toLocaleString("en-US"), cost: objectsCost(100e6, size) }));
  return costTableOf("100 million records a month, in objects of", columns);
}
