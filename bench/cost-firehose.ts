/** US dollars, us-east-1, without free tiers; checked November 2026. */
const price = {
  /** CloudWatch metric streams: a metric update is a metric's minute. */
  update: 0.003e-3,
  /** Firehose, direct put, a GB of records. */
  firehoseByte: 0.029e-9,
  invocation: 0.2e-6,
  gibibyteSecondArm: 0.0000133334,
  secretMonth: 0.4,
  alarm: 0.1,
} as const;

const hours = 730;

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
export function metricStreamCost(metrics: number): Readonly<Record<string, number>> {
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
  const columns = sizes.map(metricStreamCost);
  const total = (cost: Readonly<Record<string, number>>) => Object.values(cost).reduce((sum, each) => sum + each, 0);
  const row = (name: string, cells: readonly string[]) => `| ${name} | ${cells.join(" | ")} |`;
  return [
    row(
      "metrics that are streamed",
      sizes.map((size) => size.toLocaleString("en-US")),
    ),
    `| --- |${sizes.map(() => " ---: |").join("")}`,
    ...Object.keys(columns[0] ?? {}).map((name) =>
      row(
        name,
        columns.map((cost) => dollars(cost[name] ?? 0)),
      ),
    ),
    row(
      "**a month**",
      columns.map((cost) => `**${dollars(total(cost))}**`),
    ),
  ].join("\n");
}

function dollars(amount: number): string {
  return `$${amount < 10 ? amount.toFixed(2) : Math.round(amount).toLocaleString("en-US")}`;
}
