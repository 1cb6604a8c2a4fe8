import { parseArgs } from "node:util";
import { errorText } from "../shared/error-text.ts";
import { metricStreamCostTable } from "./costs/firehose.ts";
import { subscriptionCostTable } from "./costs/logs.ts";
import { objectsCostTable } from "./costs/objects.ts";
import { hours, price } from "./costs/price.ts";
import { alignment, type Cost, costRows, row, total } from "./costs/table.ts";

/** Measured or chosen; each is a reason why a bill may differ from the model. */
const assumption = {
  /** Gzip of what SDKs send: 6.5 to 9.7 on the typical cases of the corpus. */
  compression: 7,
  /** Of a unit of the load balancer's capacity, an hour. */
  balancerUnitBytes: 0.4e9,
  sqsFreeRequests: 1e6,
  egressFreeBytes: 100e9,
  /** A function of 1 GiB: its own work and one round to SQS. */
  ingestSeconds: 0.025,
  flushSeconds: 0.5,
  functionGibibytes: 1,
  /** Messages that a flush gets: the batch size, or what comes within the window while there is little. */
  batchSize: 100,
  batchSeconds: 2,
  /** Base64 in the message body. */
  expansion: 4 / 3,
  /** SQS counts 64 KiB of a call as one request; the mapping receives and deletes up to ten messages a call. */
  sqsChunk: 65_536,
  sqsBatch: 10,
  /** Pollers that a mapping never goes below while its maximum concurrency is set, each asking every 20 s. */
  idlePollers: 5,
  /** Lines of metrics an invocation. */
  ingestLogBytes: 230,
  flushLogBytes: 3 * 380,
  /** Names × (total and three signals) that have values in a healthy month. */
  metrics: 5 * 4,
  alarms: 10,
} as const;

export interface Load {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** Of one request, uncompressed protobuf. */
  readonly requestBytes: number;
}

export const loads: readonly Load[] = [
  { name: "a team", requestsPerSecond: 2, requestBytes: 32e3 },
  { name: "a product", requestsPerSecond: 30, requestBytes: 64e3 },
  { name: "a company", requestsPerSecond: 300, requestBytes: 64e3 },
];

/** Dollars a month by what they are paid for. Pure arithmetic: `docs/deploy.md` shows it. */
export function monthlyCost({ requestsPerSecond, requestBytes }: Load): Cost {
  const requests = requestsPerSecond * 3600 * hours;
  const wireBytes = requestBytes / assumption.compression;
  const wireBytesHour = requestsPerSecond * 3600 * wireBytes;
  const messagesPerFlush = Math.min(assumption.batchSize, Math.max(1, requestsPerSecond * assumption.batchSeconds));
  const flushes = requests / messagesPerFlush;
  const messageChunks = (wireBytes * assumption.expansion) / assumption.sqsChunk;
  const sends = requests * Math.ceil(messageChunks);
  const receives = (requests / assumption.sqsBatch) * Math.max(1, Math.ceil(messageChunks * assumption.sqsBatch));
  const polls = assumption.idlePollers * 3 * 60 * hours;
  const sqsRequests = sends + receives + requests / assumption.sqsBatch + polls;
  const gibibyteSeconds = (invocations: number, seconds: number) =>
    invocations * seconds * assumption.functionGibibytes;
  const lambda = (invocations: number, seconds: number) =>
    invocations * price.invocation + gibibyteSeconds(invocations, seconds) * price.gibibyteSecondArm;
  const logBytes = requests * assumption.ingestLogBytes + flushes * assumption.flushLogBytes;
  return {
    "load balancer":
      hours * price.balancerHour + (hours * price.balancerUnitHour * wireBytesHour) / assumption.balancerUnitBytes,
    ingest: lambda(requests, assumption.ingestSeconds),
    queue: Math.max(0, sqsRequests - assumption.sqsFreeRequests) * price.sqsRequest,
    flush: lambda(flushes, assumption.flushSeconds),
    logs: logBytes * price.logByte,
    "metrics and alarms": assumption.metrics * price.metric + assumption.alarms * price.alarm,
    egress: Math.max(0, requests * wireBytes - assumption.egressFreeBytes) * price.egressByte,
  };
}

/** The table of `docs/deploy.md`: a column for each load, a row for each thing that is paid for. */
export function costTable(of: readonly Load[] = loads): string {
  const columns = of.map((load) => ({ load, head: load.name, cost: monthlyCost(load) }));
  const terabytes = ({ requestsPerSecond, requestBytes }: Load) =>
    (requestsPerSecond * requestBytes * 3600 * hours) / 1e12;
  const figures = (name: string, cell: (column: (typeof columns)[number]) => string) => row(name, columns.map(cell));
  return [
    figures("", ({ head }) => head),
    alignment(columns.length),
    figures("requests a second, on average", ({ load }) => String(load.requestsPerSecond)),
    figures("size of a request, uncompressed", ({ load }) => `${load.requestBytes / 1e3} KB`),
    figures("telemetry a month, uncompressed", ({ load }) => `${Number(terabytes(load).toPrecision(2))} TB`),
    ...costRows(columns),
    figures("a GB, uncompressed", ({ load, cost }) => `$${(total(cost) / terabytes(load) / 1e3).toFixed(3)}`),
  ].join("\n");
}

function loadsOf(argv: readonly string[]): readonly Load[] {
  const options = { "requests-per-second": { type: "string" }, "request-bytes": { type: "string" } } as const;
  const { values } = parseArgs({ args: [...argv], options });
  const { "requests-per-second": rate, "request-bytes": size = "64000" } = values;
  if (rate === undefined) return loads;
  const [requestsPerSecond, requestBytes] = [Number(rate), Number(size)];
  if (!(requestsPerSecond > 0) || !(requestBytes > 0)) throw new Error("Both figures must be numbers above 0.");
  return [...loads, { name: "yours", requestsPerSecond, requestBytes }];
}

if (import.meta.main) {
  try {
    console.log(costTable(loadsOf(process.argv.slice(2))));
    console.log(`\n${metricStreamCostTable()}`);
    console.log(`\n${objectsCostTable()}`);
    console.log(`\n${subscriptionCostTable()}`);
  } catch (error) {
    console.error(errorText(error));
    console.error("Usage: npm run cost -- [--requests-per-second N [--request-bytes N]]");
    process.exitCode = 2;
  }
}
