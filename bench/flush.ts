import { createFlush } from "../functions/flush.ts";
import type { Batch } from "../shared/batch/batch.ts";
import { encodeEnvelope } from "../shared/queue/envelope.ts";
import { pack } from "../shared/queue/pack.ts";
import { eventOf, oneDestination } from "../test/support/flush/flush-stand.ts";
import { corpusCase } from "../test/support/otlp/corpus.ts";
import { oracle } from "../test/support/otlp/oracle.ts";
import { unpack } from "../test/support/otlp/unpack.ts";
import { createMemoryQueue } from "../test/support/queue/memory-queue.ts";
import { type BenchCase, bench } from "./harness.ts";

const clock = { now: Date.now, sleep: async () => {} };
const context = { getRemainingTimeInMillis: () => 60_000 };

/** An event with as many batches of typical traces as `payloadBytes` of compressed content, and a destination that takes all. */
async function flushOf(payloadBytes: number): Promise<BenchCase> {
  const { format, items, protobuf: bytes } = await corpusCase("traces", "typical");
  const options = { destination: "grafana-cloud", acceptedAt: 1_790_000_000_000, maxBatchBytes: 4 * 2 ** 20 };
  const [batch] = (await pack({ format, items, bytes }, options)).batches;
  if (!batch) throw new Error("nothing was packed");
  const count = Math.max(1, Math.round(payloadBytes / batch.payload.length));
  const queue = createMemoryQueue({ clock });
  await queue.send(Array.from({ length: count }, () => encodeEnvelope(batch)));
  const event = eventOf(queue.receive(count));
  const flush = createFlush({
    queue,
    deadLetters: queue,
    reader: queue,
    destinations: oneDestination("http://127.0.0.1:9/otlp"),
    transport: { post: async () => ({ kind: "answered", status: 200, headers: {}, body: new Uint8Array() }) },
    userAgent: "Sluice",
    clock,
    random: Math.random,
    newId: () => "id",
    emit: () => {},
    maxExportBytes: 4 * 2 ** 20,
    maxExportItems: 20_000,
    exportTimeoutMs: 10_000,
    baseMs: 5000,
    maxMs: 300_000,
  });
  const batches: Batch[] = Array.from({ length: count }, () => batch);
  return {
    bytes: bytes.length * count,
    contenders: {
      flush: () => flush(event, context),
      "gunzip alone": async () => {
        for (const each of batches) await unpack(each);
      },
      "decoding with the official codec": async () => {
        for (const each of batches) oracle.traces.decode(await unpack(each));
      },
    },
  };
}

await bench(import.meta.url, {
  title: "flush: from an SQS event to exports, without a network; MB/s of uncompressed requests",
  cases: {
    "one batch": () => flushOf(1),
    "4 MB compressed": () => flushOf(4_000_000),
  },
  rounds: 3,
});
