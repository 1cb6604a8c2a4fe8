import { gunzipSync, gzipSync } from "node:zlib";
import { createOwnGroups } from "../shared/aws-events/cloudwatch-logs/own-groups.ts";
import { readLogsData } from "../shared/aws-events/cloudwatch-logs/read-logs-data.ts";

// Processor seconds for a million records of CloudWatch Logs, from the gzip of a subscription to the bytes of OTLP, beside what nobody gets
// around: inflating it and parsing its JSON. Medians of rounds with the least and the greatest.
const events = 2000;
const rounds = 7;
const roundMs = 250;
const at = Date.parse("2026-11-26T10:00:00Z");
const isOwnGroup = createOwnGroups(["/aws/lambda/sluice-prod-*"]);

const id = (n: number) => `3f8a2b1c-0000-4000-8000-${String(n).padStart(12, "0")}`;
const iso = (n: number) => new Date(at + n).toISOString();

const corpora: Readonly<Record<string, readonly [group: string, line: (n: number) => string]>> = {
  "Lambda, JSON": [
    "/aws/lambda/shop",
    (n) =>
      `{"timestamp":"${iso(n)}","level":"INFO","requestId":"${id(n)}","message":"order ${n} of customer ${n * 7} was paid","amount":${n * 3},"currency":"EUR","items":[{"sku":"A-${n}","quantity":1}]}`,
  ],
  "Lambda, text with reports": [
    "/aws/lambda/shop",
    (n) =>
      [
        `START RequestId: ${id(n)} Version: $LATEST\n`,
        `${iso(n)}\t${id(n)}\tINFO\torder ${n} of customer ${n * 7} was paid`,
        `END RequestId: ${id(n)}\n`,
        `REPORT RequestId: ${id(n)}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 76 MB\t\n`,
      ][n % 4] ?? "",
  ],
  "ECS, plain lines": [
    "/ecs/shop",
    (n) => `${iso(n)} INFO c.e.Orders - order ${n} of customer ${n * 7} was paid in 12 ms`,
  ],
  "VPC flow logs": [
    "flows",
    (n) =>
      `2 123456789010 eni-1235b8ca123456789 10.0.${n % 256}.7 10.0.0.2 ${20_000 + n} 443 6 20 ${4000 + n} 1795687200 1795687260 ACCEPT OK`,
  ],
  "embedded metrics": [
    "/aws/lambda/shop",
    (n) =>
      `{"_aws":{"Timestamp":${at + n},"CloudWatchMetrics":[{"Namespace":"Shop","Dimensions":[["Service"]],"Metrics":[{"Name":"Latency","Unit":"Milliseconds"},{"Name":"Hits","Unit":"Count"}]}]},"Service":"cart","Latency":${n},"Hits":1,"requestId":"${id(n)}"}`,
  ],
};

function dataOf([logGroup, line]: readonly [string, (n: number) => string]): Buffer {
  const logStream =
    logGroup === "flows" ? "eni-1235b8ca123456789-all" : "2026/11/26/[$LATEST]0123456789abcdef0123456789abcdef";
  const logEvents = Array.from({ length: events }, (_, n) => ({
    id: `3689530000000000000000000000000000000000000000000000${String(n).padStart(4, "0")}`,
    timestamp: at + n,
    message: line(n),
  }));
  const envelope = {
    messageType: "DATA_MESSAGE",
    owner: "123456789012",
    logGroup,
    logStream,
    subscriptionFilters: ["f"],
    logEvents,
  };
  return gzipSync(JSON.stringify(envelope));
}

/** Processor seconds for a million records, one number a round. */
function measure(work: () => unknown): readonly number[] {
  for (let warm = 0; warm < 5; warm++) work();
  return Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    const started = performance.now();
    let calls = 0;
    for (; performance.now() - started < roundMs; calls++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (calls * events);
  }).sort((a, b) => a - b);
}

function shown(seconds: readonly number[]): string {
  const [least = 0, middle = 0, greatest = 0] = [0, rounds >> 1, rounds - 1].map((index) => seconds[index]);
  return `${middle.toFixed(2)} s (${least.toFixed(2)} to ${greatest.toFixed(2)})`;
}

console.log(`\nCloudWatch Logs: processor seconds for a million records, events of ${events} records`);
for (const [name, corpus] of Object.entries(corpora)) {
  const bytes = dataOf(corpus);
  const options = {
    maxBytes: 67_108_864,
    isOwnGroup,
    region: "eu-west-1",
    observedMs: at,
    withMetrics: true,
    toGauges: true,
  };
  const all = measure(() => readLogsData(bytes, options));
  const floor = measure(() => JSON.parse(gunzipSync(bytes).toString()));
  console.log(`  ${name.padEnd(28)} ${shown(all).padEnd(26)} inflate and parse alone: ${shown(floor)}`);
}
