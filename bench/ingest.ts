import { promisify } from "node:util";
import { gunzip as gunzipAsync, gunzipSync } from "node:zlib";
import { createIngest } from "../functions/ingest.ts";
import { gunzip } from "../shared/compression/zlib-codings.ts";
import { systemClock } from "../shared/node/system-clock.ts";
import { signals } from "../shared/otlp/signals.ts";
import { createEnqueue } from "../shared/queue/enqueue.ts";
import type { Queue } from "../shared/queue/queue.ts";
import { signalNames } from "../shared/signal.ts";
import { scan } from "../shared/wire/scan.ts";
import { corpusCase, corpusSizes } from "../test/support/otlp/corpus.ts";
import { oracle } from "../test/support/otlp/oracle.ts";
import { type BenchCase, bench } from "./harness.ts";

const inThread = promisify(gunzipAsync);
const limit = 64 * 2 ** 20;

/** The whole handler, from a gzip protobuf request in an ALB event to its answer, against the decompression alone. */
const cases: Record<string, () => Promise<BenchCase>> = {};
for (const size of corpusSizes) {
  for (const name of signalNames) {
    cases[`${size} ${name}`] = async () => {
      const { protobuf, gzip } = await corpusCase(name, size);
      const ingest = createIngest({ accept: enqueueInProcess(), emit: () => {}, maxBodyBytes: limit });
      const event = {
        requestContext: { elb: {} },
        httpMethod: "POST",
        path: signals[name].path,
        headers: { "content-type": "application/x-protobuf", "content-encoding": "gzip" },
        body: Buffer.from(gzip).toString("base64"),
        isBase64Encoded: true,
      };
      const codec = oracle[name];
      const { statusCode } = await ingest(event);
      if (statusCode !== 200) throw new Error(`the handler answered ${statusCode}`);
      return {
        bytes: protobuf.length,
        contenders: {
          gunzip: () => gunzipSync(gzip),
          ingest: () => ingest(event),
          "gunzip as ingest does": () => gunzip(gzip, limit),
          "gunzip in a thread": () => inThread(gzip),
          "gunzip and scan": () => scan(gunzipSync(gzip), signals[name].request),
          "gunzip and official decode": () => codec.decode(gunzipSync(gzip)),
        },
      };
    };
  }
}

/** The real one, envelopes and all, over a queue that forgets. */
function enqueueInProcess() {
  const queue: Queue = { send: async () => ({ kind: "sent" }) };
  const maxBatchBytes = 4 * 2 ** 20;
  return createEnqueue({ queue, destination: "grafana-cloud", clock: systemClock, emit: () => {}, maxBatchBytes });
}

await bench(import.meta.url, { title: "The ingest handler", cases });
