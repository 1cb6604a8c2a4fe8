import { gzipSync } from "node:zlib";
import { createOwnGroups } from "../../../shared/aws-events/cloudwatch-logs/own-groups.ts";
import { readLogsData } from "../../../shared/aws-events/cloudwatch-logs/read-logs-data.ts";
import { formats } from "../../../shared/batch/formats.ts";
import { signalNames } from "../../../shared/signal.ts";
import { scan } from "../../../shared/wire/scan.ts";
import { lambdaLines } from "../aws-events/lambda-lines.ts";
import { writtenAt } from "../aws-events/line-row.ts";
import { otherLines } from "../aws-events/other-lines.ts";
import { demand, type FuzzInput, type FuzzTarget } from "./fuzz.ts";
import type { Seeds } from "./seeds.ts";

const maxBytes = 65_536;
/** Of what may come of an event, beside its own size: points of embedded metrics, which have a limit of their own. */
const maxMade = 32 * 1_048_576;
const options = {
  maxBytes,
  isOwnGroup: createOwnGroups([]),
  region: "eu-west-1",
  observedMs: writtenAt,
  withMetrics: true,
  toGauges: false,
};
const metrics =
  '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["a"]],"Metrics":[{"Name":"m"}]}]},"a":"b","m":[1]}';

/** Any bytes as the data of a subscription, plain or compressed: never an exception, and whatever is made of them passes the scan. */
export async function createSubscriptionTarget(): Promise<FuzzTarget> {
  const lines = [...lambdaLines, ...otherLines, { group: "/aws/lambda/shop", stream: "s", line: metrics }];
  const bytes = lines.map(({ group: logGroup, stream: logStream = "s", line: message }) => {
    const logEvents = [{ id: "1", timestamp: writtenAt, message, extractedFields: { "@aws.account": "123456789012" } }];
    return Buffer.from(JSON.stringify({ messageType: "DATA_MESSAGE", owner: "1", logGroup, logStream, logEvents }));
  });
  const seeds = Object.fromEntries(signalNames.map((signal) => [signal, bytes])) as unknown as Seeds;
  return { name: "subscription", seeds, check };
}

function check({ bytes, dice }: FuzzInput): boolean {
  const { requests, problems } = readLogsData(dice.below(2) === 0 ? bytes : gzipSync(bytes), options);
  for (const request of requests) {
    const scanned = scan(request.bytes, formats[request.format].message);
    demand(scanned.kind === "scanned", `a request of ${request.format} does not pass the scan`);
    demand(scanned.items === request.items, `${request.items} items are told, and ${scanned.items} are there`);
    demand(
      request.bytes.length <= bytes.length * 20 + maxMade,
      `${request.bytes.length} bytes come of ${bytes.length}`,
    );
  }
  return problems.length === 0 && requests.length > 0;
}
