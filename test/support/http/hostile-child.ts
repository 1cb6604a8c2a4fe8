import { createIngest } from "../../../functions/ingest.ts";
import { createRecordingAccept } from "../queue/recording-accept.ts";
import { hostileBodies } from "./hostile-bodies.ts";

// A process of its own for each body, so that its peak memory is the peak of this one request.
const body = hostileBodies[process.argv[2] ?? ""];
if (!body) throw new Error(`no hostile body ${process.argv[2]}`);
const { accept } = createRecordingAccept();
const ingest = createIngest({ accept, emit: () => {}, maxBodyBytes: 64 * 2 ** 20 });
const event = {
  requestContext: { elb: {} },
  httpMethod: "POST",
  path: "/v1/traces",
  headers: { "content-type": body.type, ...(body.coding && { "content-encoding": body.coding }) },
  body: Buffer.from(body.make()).toString("base64"),
  isBase64Encoded: true,
};
const before = process.resourceUsage().maxRSS / 1024;
// Processor time, of all threads: what else runs on the machine does not count.
const started = process.cpuUsage();
const { statusCode } = await ingest(event);
const { user, system } = process.cpuUsage(started);
const ms = Math.round((user + system) / 1000);
const peak = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ status: statusCode, ms, grownMb: Math.round(peak - before), peakMb: Math.round(peak) }));
