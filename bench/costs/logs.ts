import { hours, price } from "./price.ts";
import { type Cost, costTableOf } from "./table.ts";

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

/** Dollars a month for that many log events a second, by what they are paid for. A subscription itself costs nothing; delivery is that of any logs. */
export function subscriptionCost(eventsPerSecond: number): Cost {
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
  const columns = loads.map((load) => ({ head: load.toLocaleString("en-US"), cost: subscriptionCost(load) }));
  return costTableOf("log events a second", columns);
}
