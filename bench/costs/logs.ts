/** US dollars, us-east-1, without free tiers; checked November 2026. A subscription itself costs nothing. */
const price = {
  invocation: 0.2e-6,
  gibibyteSecondArm: 0.0000133334,
  sqsRequest: 0.4e-6,
  logByte: 0.5e-9,
  alarm: 0.1,
} as const;

const hours = 730;

/** Measured or chosen; each is a reason why a bill may differ from the model. */
const assumption = {
  /** CloudWatch Logs sends what a stream got within moments: few lines where there are many streams. */
  eventsPerInvocation: 20,
  /** `bench/aws-logs.ts`, lines of Lambda in JSON on one processor; the function of 1 GiB has 0.58 of one; and a round to SQS. */
  eventSeconds: 7e-6 / 0.58,
  invocationSeconds: 0.02,
  /** Of the function's own metrics, an invocation. */
  logBytes: 230,
  /** The queue of what failed is asked all the time: five pollers, every 20 s. */
  polls: 5 * 3 * 60 * hours,
  alarms: 3,
} as const;

/** Dollars a month for that many log events a second, by what they are paid for. Delivery is that of any logs. */
export function subscriptionCost(eventsPerSecond: number): Readonly<Record<string, number>> {
  const events = eventsPerSecond * 3600 * hours;
  const invocations = events / assumption.eventsPerInvocation;
  const seconds = invocations * assumption.invocationSeconds + events * assumption.eventSeconds;
  return {
    function: invocations * price.invocation + seconds * price.gibibyteSecondArm,
    "messages of the queue": invocations * price.sqsRequest,
    "the function's own lines": invocations * assumption.logBytes * price.logByte,
    "queue of what failed, alarms": assumption.polls * price.sqsRequest + assumption.alarms * price.alarm,
  };
}

const loads = [10, 100, 1_000];

/** The table of `docs/aws-sources.md`. */
export function subscriptionCostTable(): string {
  const columns = loads.map(subscriptionCost);
  const total = (cost: Readonly<Record<string, number>>) => Object.values(cost).reduce((sum, each) => sum + each, 0);
  const row = (name: string, cells: readonly string[]) => `| ${name} | ${cells.join(" | ")} |`;
  return [
    row(
      "log events a second",
      loads.map((load) => load.toLocaleString("en-US")),
    ),
    `| --- |${loads.map(() => " ---: |").join("")}`,
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
