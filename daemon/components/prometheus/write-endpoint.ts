import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Batch } from "../../../shared/batch/batch.ts";
import { snappy } from "../../../shared/compression/snappy-block.ts";
import { remoteWriteExporter } from "../../../shared/exporters/remote-write/exporter.ts";
import { createRemoteWriteV2Exporter } from "../../../shared/exporters/remote-write/exporter-v2.ts";
import { labelsOf } from "../../../shared/prometheus/labels.ts";
import { createRelabel } from "../../../shared/prometheus/relabel/relabel.ts";
import type { ShardRange } from "../../../shared/prometheus/remote-write/desired-shards.ts";
import { createMetadataTable, type MetadataTable } from "../../../shared/prometheus/remote-write/write-metadata.ts";
import { createWriteSeriesTable, type WriteSeriesTable } from "../../../shared/prometheus/remote-write/write-series.ts";
import { createWriteShards, type ShardRequest } from "../../../shared/prometheus/remote-write/write-shards.ts";
import type { SampleReceiver } from "../../../shared/prometheus/sample.ts";
import { writeMessages } from "../../../shared/receivers/remote-write/receive.ts";
import type { ComponentContext } from "../../controller/component.ts";
import type { OrderedEgress } from "../../egress/ordered-egress.ts";
import { compileRules } from "../relabel-rules.ts";
import { type EndpointConfig, isSameConfig } from "./endpoint-config.ts";
import type { EndpointArgs } from "./write-arguments.ts";
import { createWriteDestination } from "./write-destination.ts";
import { openWriteEgress } from "./write-egress.ts";
import { createWriteSharding } from "./write-sharding.ts";
import { createWriteTelemetry } from "./write-telemetry.ts";

/** One endpoint with its queue on the disk. */
export interface WriteEndpoint {
  readonly receiver: SampleReceiver;
  /** Delivers until `abort` or `close`; what is not delivered waits on the disk. */
  run(abort: AbortSignal): Promise<void>;
  close(): Promise<void>;
  isFor(config: EndpointConfig): boolean;
  status(): Readonly<Record<string, unknown>>;
}

type Context = Pick<
  ComponentContext<unknown>,
  "id" | "emit" | "metrics" | "clock" | "random" | "service" | "setHealth" | "storageDir"
>;

/** Longest that a sample waits for company before it goes to the disk. */
const maxDelayMs = 1_000;
const sweepMs = 20_000;
const metadataShard = "metadata";

/** Opens nothing before `run`; samples that come earlier wait. */
export function createWriteEndpoint(config: EndpointConfig, context: Context): WriteEndpoint {
  const { endpoint } = config;
  const { clock } = context;
  const remoteName = endpoint.name === "" ? hashOf(endpoint.url) : endpoint.name;
  const name = `${context.id}/${remoteName}`;
  const url = withoutPassword(endpoint.url);
  const range = rangeOf(endpoint);
  const stop = new AbortController();
  const opened = Promise.withResolvers<OrderedEgress>();
  opened.promise.catch(() => {});
  const telemetry = createWriteTelemetry({ component_id: context.id, remote_name: remoteName, url }, context);
  const metadata = createMetadataTable();
  const isV2 = endpoint.protobuf_message === writeMessages[1];
  const exporter = isV2 ? createRemoteWriteV2Exporter(metadata.of) : remoteWriteExporter;
  const destination = createWriteDestination(name, endpoint, exporter);
  const rules = compileRules(endpoint.write_relabel_config);
  const table = createWriteSeriesTable({
    externalLabels: labelsOf(config.externalLabels),
    ...(rules.length > 0 && { relabel: createRelabel(rules, "metrics") }),
  });
  let messages = (): number => 0;
  const sharding = createWriteSharding({
    range,
    // Without a storage path the queue is in memory, and no directory is below one.
    directory: context.storageDir === context.id ? undefined : join(context.storageDir, hashOf(remoteName)),
    clock,
    emit: telemetry.emit,
    messages: () => messages(),
    onCount(count, desired) {
      telemetry.onCount(count, desired);
      // Looked at now and then: in the middle of an append its own samples still count.
      telemetry.pending(write.pending());
    },
  });
  const { dropped } = telemetry;
  const write = createWriteShards({ ...shardRules(endpoint), table, shards: sharding.count, clock, append, dropped });

  async function append(request: ShardRequest): Promise<void> {
    const { shard, bytes, samples, exemplars } = request;
    const batch = batchOf(bytes, { name, items: samples + exemplars, nowMs: clock.now() });
    const egress = await opened.promise;
    await egress.append(String(shard), [batch], stop.signal);
    sharding.received(samples);
    telemetry.appended(request, batch.payload.length);
  }

  async function open(): Promise<OrderedEgress> {
    const options = { name, endpoint, destination, maxShards: range.max, emit: sharding.emit, context };
    const { egress, queue } = await openWriteEgress(options);
    messages = () => queue.facts().messages;
    return egress;
  }

  /** Delivers until `ended`, then what waits for company too. */
  async function deliver(egress: OrderedEgress, ended: AbortSignal): Promise<void> {
    async function send(bytes: Uint8Array, families: number): Promise<void> {
      await egress.append(metadataShard, [batchOf(bytes, { name, items: families, nowMs: clock.now() })], ended);
      telemetry.appendedMetadata(families);
    }
    // A series of 2.0 brings its own.
    const sending = isV2
      ? undefined
      : sendMetadata(metadata, { ...endpoint.metadata_config, clock, append: send }, ended);
    await Promise.all([sending, sweep(table, clock, ended), sharding.run(write, ended)]);
    await write.flush();
    await egress.idle();
    await egress.stop();
  }

  return {
    receiver: {
      consume(batch) {
        metadata.add(batch.metadata);
        return write.consume(batch);
      },
    },
    async run(abort) {
      const opening = open();
      opened.resolve(opening);
      const egress = await opening;
      telemetry.range(range);
      await deliver(egress, AbortSignal.any([abort, stop.signal]));
    },
    async close() {
      await write.flush();
      stop.abort();
    },
    isFor: (other) => isSameConfig(config, other),
    status: () => {
      const shards = sharding.count;
      return { name, url, shards, series: table.size, samples_pending: write.pending() };
    },
  };
}

function rangeOf({ queue_config: queue }: EndpointArgs): ShardRange {
  const max = Math.max(1, queue.max_shards);
  return { min: Math.max(1, Math.min(queue.min_shards, max)), max };
}

/** What goes into requests, and when one is full. */
function shardRules({ queue_config: queue, ...endpoint }: EndpointArgs) {
  return {
    maxSamples: Math.max(1, queue.max_samples_per_send),
    maxDelayMs: Math.min(maxDelayMs, queue.batch_send_deadline),
    sendExemplars: endpoint.send_exemplars,
    sendHistograms: endpoint.send_native_histograms,
    maxAgeMs: queue.sample_age_limit,
  };
}

interface BatchFacts extends Pick<Batch, "items"> {
  readonly name: string;
  readonly nowMs: number;
}

/** Compresses at once: the bytes are overwritten when the caller awaits. */
function batchOf(bytes: Uint8Array, { name, items, nowMs }: BatchFacts): Batch {
  return {
    format: "prometheus/write",
    destination: name,
    items,
    bytes: bytes.length,
    encoding: "snappy",
    payload: snappy(bytes),
    acceptedAt: Math.floor(nowMs),
  };
}

type EndpointMetadata = EndpointArgs["metadata_config"];

interface SendMetadataOptions extends Pick<Context, "clock">, EndpointMetadata {
  append(bytes: Uint8Array, families: number): Promise<void>;
}

/** Appends what is known about families now and then. */
async function sendMetadata(metadata: MetadataTable, options: SendMetadataOptions, abort: AbortSignal): Promise<void> {
  const { send, send_interval: everyMs, max_samples_per_send: maxFamilies, clock, append } = options;
  while (send && !abort.aborted) {
    await clock.sleep(Math.max(1_000, everyMs), abort);
    for (const { bytes, families } of abort.aborted ? [] : metadata.requests(Math.max(1, maxFamilies))) {
      await append(bytes, families).catch(() => {});
    }
  }
}

async function sweep(table: WriteSeriesTable, clock: Context["clock"], abort: AbortSignal): Promise<void> {
  while (!abort.aborted) {
    await clock.sleep(sweepMs, abort);
    table.sweep();
  }
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  parsed.password = "";
  return parsed.href;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
