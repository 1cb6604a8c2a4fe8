import { hours, price } from "./price.ts";
import { type Cost, costTableOf } from "./table.ts";

/** Measured or chosen; each is a reason why a bill may differ from the model. */
const assumption = {
  /** Of an update in OpenTelemetry 1.0, with its part of the resource. */
  updateBytes: 300,
  /** The smallest buffer of Firehose, and the longest that it waits. */
  requestBytes: 2 ** 20,
  requestsPerMinute: 1,
  /** `bench/firehose.ts`: gauges, on one processor; the function of 1 GiB has 0.58 of one; and a round to SQS. */
  updateSeconds: 10e-6 / 0.58,
  requestSeconds: 0.025,
  alarms: 3,
} as const;

/** Dollars a month for a metric stream of that many metrics, by what they are paid for. Queue and delivery are those of any metrics. */
export function metricStreamCost(metrics: number): Cost {
  const updates = metrics * 60 * hours;
  const bytes = updates * assumption.updateBytes;
  const requests = Math.max(assumption.requestsPerMinute * 60 * hours, bytes / assumption.requestBytes);
  const seconds = requests * assumption.requestSeconds + updates * assumption.updateSeconds;
  return {
    "metric stream": updates * price.update,
    Firehose: bytes * price.firehoseByte,
    function: requests * price.invocation + seconds * price.gibibyteSecondArm,
    "secret and alarms": price.secretMonth + assumption.alarms * price.alarm,
  };
}

const sizes = [1_000, 10_000, 100_000];

/** The table of `docs/aws-sources.md`. */
export function metricStreamCostTable(): string {
  const columns = sizes.map((size) => ({ head: size.toLocaleString("en-US"), cost: metricStreamCost(size) }));
  return costTableOf("metrics that are streamed", columns);
}
