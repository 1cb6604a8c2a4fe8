import { createReceiveFirehose } from "../shared/receivers/firehose/receive.ts";
import { createTakeDelivery } from "../shared/receivers/firehose/take-delivery.ts";
import { framed, streamedRequest } from "../test/support/firehose/metric-stream.ts";
import { firehoseRequest } from "../test/support/firehose/requests.ts";
import { median } from "./harness.ts";

// `node bench/firehose.ts`: processor time of a million metrics or lines that Firehose delivers, from the body to the OTLP request. An
// access key is checked, gzip taken off, each record validated; the queue is left out.

interface Case {
  readonly records: readonly Uint8Array[];
  /** Metrics or lines in them. */
  readonly items: number;
  readonly toGauges?: boolean;
}

const rounds = 7;
const millisecondsOfRound = 300;
const gzip = true;

const names = ["CPUUtilization", "NetworkIn", "NetworkOut", "DiskReadOps", "StatusCheckFailed"];

/** As CloudWatch writes them: about ten metrics a message, messages of one record up to half a megabyte. */
function metricRecords(count: number): readonly Uint8Array[] {
  const requests = Array.from({ length: count / 10 }, (_, request) =>
    streamedRequest(
      Array.from({ length: 10 }, (_, index) => ({
        namespace: "AWS/EC2",
        name: names[index % names.length] ?? "",
        dimensions: { InstanceId: `i-${String(request * 10 + index).padStart(17, "0")}` },
        count: 5,
        sum: 60.5 + index,
        quantiles: { 0: 1, 1: 30 },
      })),
    ),
  );
  return [framed(requests.slice(0, requests.length / 2)), framed(requests.slice(requests.length / 2))];
}

function lineRecords(count: number): readonly Uint8Array[] {
  const line = (index: number) =>
    `2 123456789012 eni-${index} 10.0.0.${index % 256} 10.0.1.9 44${index % 100} 443 6 10 8400 1709294400 1709294460 ACCEPT OK\n`;
  return Array.from({ length: count / 100 }, (_, block) =>
    Buffer.from(Array.from({ length: 100 }, (_, index) => line(block * 100 + index)).join("")),
  );
}

const cases: Readonly<Record<string, Case>> = {
  "metrics, as summaries": { records: metricRecords(2000), items: 2000 },
  "metrics, as gauges": { records: metricRecords(2000), items: 2000, toGauges: true },
  "lines of flow logs": { records: lineRecords(5000), items: 5000 },
};

/** Seconds of processor time for a million items. */
async function measure({ records, items, toGauges = false }: Case): Promise<number> {
  const emit = () => {};
  const clock = { now: () => 1_709_294_461_000 };
  const accept = async () => ({ kind: "accepted" }) as const;
  const take = createTakeDelivery({ accept, emit, clock, toGauges: () => toGauges });
  const requests = Array.from({ length: 8 }, (_, index) => firehoseRequest(records, { id: `request-${index}`, gzip }));
  let [receive, sent] = [fresh(), 0];
  const started = performance.now();
  const before = process.cpuUsage();
  while (performance.now() - started < millisecondsOfRound) {
    // Whoever has seen a request knows it again: after all of them another receiver goes on.
    if (sent % requests.length === 0) receive = fresh();
    const { status } = await receive(requests[sent % requests.length] ?? firehoseRequest([]));
    if (status !== 200) throw new Error(`answered ${status}`);
    sent++;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (sent * items);

  function fresh() {
    return createReceiveFirehose({ take, emit, clock, accessKeys: () => [], maxBodyBytes: 64 * 2 ** 20 });
  }
}

console.log("\nfirehose: seconds of processor time for a million, median (least to most)");
for (const [name, each] of Object.entries(cases)) {
  await measure(each);
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) values.push(await measure(each));
  const spread = `(${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
  console.log(`  ${name.padEnd(24)} ${median(values).toFixed(2).padStart(7)} s ${spread}`);
}
