/** US dollars, us-east-1, on demand, without free tiers; checked November 2026. */
const price = {
  invocation: 0.2e-6,
  gibibyteSecondArm: 0.0000133334,
  sqsRequest: 0.4e-6,
  getObject: 0.4e-6,
  /** S3's events through EventBridge; SQS straight from S3 has none of it. */
  event: 1e-6,
  alarm: 0.1,
} as const;

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
export function objectsCost(records: number, recordsPerObject: number): Readonly<Record<string, number>> {
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
  const columns = [1000, 100_000].map((size) => ({ size, cost: objectsCost(100e6, size) }));
  const dollars = (amount: number) => `$${amount.toFixed(2)}`;
  const row = (name: string, cells: readonly string[]) => `| ${name} | ${cells.join(" | ")} |`;
  const names = Object.keys(columns[0]?.cost ?? {});
  const sum = (cost: Readonly<Record<string, number>>) => Object.values(cost).reduce((total, each) => total + each, 0);
  return [
    row(
      "100 million records a month, in objects of",
      columns.map(({ size }) => size.toLocaleString("en-US")),
    ),
    "| --- | ---: | ---: |",
    ...names.map((name) =>
      row(
        name,
        columns.map(({ cost }) => dollars(cost[name] ?? 0)),
      ),
    ),
    row(
      "**a month**",
      columns.map(({ cost }) => `**${dollars(sum(cost))}**`),
    ),
  ].join("\n");
}
