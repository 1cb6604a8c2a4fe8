import { createHash } from "node:crypto";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Batch } from "../../../shared/batch/batch.ts";
import { snappy } from "../../../shared/compression/snappy-block.ts";
import { remoteWriteExporter } from "../../../shared/exporters/remote-write/exporter.ts";
import { createRemoteWriteV2Exporter } from "../../../shared/exporters/remote-write/exporter-v2.ts";
import { deadLettersName } from "../../../shared/node/disk-queue/control.ts";
import { formatLabels, labelsOf } from "../../../shared/prometheus/labels.ts";
import { createRelabel } from "../../../shared/prometheus/relabel.ts";
import type { SampleReceiver } from "../../../shared/prometheus/sample.ts";
import { createMetadataTable } from "../../../shared/prometheus/write-metadata.ts";
import { createWriteSeriesTable } from "../../../shared/prometheus/write-series.ts";
import { createWriteShards, type DropReason, type ShardRequest } from "../../../shared/prometheus/write-shards.ts";
import { writeMessages } from "../../../shared/receivers/remote-write/receive.ts";
import { userAgent } from "../../../shared/user-agent.ts";
import type { ComponentContext } from "../../controller/component.ts";
import { type OrderedEgress, startOrderedEgress } from "../../egress/ordered-egress.ts";
import { authorizeService, storageService, transportService } from "../../egress/services.ts";
import { compileRules } from "../relabel-rules.ts";
import type { EndpointArgs } from "./write-arguments.ts";
import { createWriteDestination } from "./write-destination.ts";
import { createWriteSharding } from "./write-sharding.ts";

/** What an endpoint is made of. */
export interface EndpointConfig {
  readonly endpoint: EndpointArgs;
  readonly externalLabels: ReadonlyMap<string, string>;
}

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
const MAX_DELAY_MS = 1_000;
const SWEEP_MS = 600_000;
const METADATA_SHARD = "metadata";
const MAX_EXPORT_BYTES = 4 * 2 ** 20;
const INITIAL_RETRY_MS = 250;
/** Connections to one destination. */
const MAX_REQUESTS = 24;

/** Opens nothing before `run`; samples that come earlier wait. */
export function createWriteEndpoint(config: EndpointConfig, context: Context): WriteEndpoint {
  const { endpoint } = config;
  const { metrics, emit, clock } = context;
  const remoteName = endpoint.name === "" ? hashOf(endpoint.url) : endpoint.name;
  const name = `${context.id}/${remoteName}`;
  const labels = { component_id: context.id, remote_name: remoteName, url: withoutPassword(endpoint.url) };
  const queue = endpoint.queue_config;
  const maxShards = Math.max(1, queue.max_shards);
  const range = { min: Math.max(1, Math.min(queue.min_shards, maxShards)), max: maxShards };
  const stop = new AbortController();
  const opened = Promise.withResolvers<OrderedEgress>();
  opened.promise.catch(() => {});
  const seen = new Set<DropReason>();
  const metadata = createMetadataTable();
  const isV2 = endpoint.protobuf_message === writeMessages[1];
  const exporter = isV2 ? createRemoteWriteV2Exporter(metadata.of) : remoteWriteExporter;
  const destination = createWriteDestination(name, endpoint, exporter);
  const table = createWriteSeriesTable({
    externalLabels: labelsOf(config.externalLabels),
    relabel: createRelabel(compileRules(endpoint.write_relabel_config), "metrics"),
  });
  let messages = (): number => 0;
  // Without a storage path the queue is in memory, and no directory is below one.
  const directory = context.storageDir === context.id ? undefined : join(context.storageDir, hashOf(remoteName));
  const sharding = createWriteSharding({
    range,
    directory,
    clock,
    emit,
    messages: () => messages(),
    onCount(count, desired) {
      metrics.set("prometheus_remote_storage_shards", labels, count);
      metrics.set("prometheus_remote_storage_shards_desired", labels, desired);
    },
  });
  const write = createWriteShards({
    table,
    shards: sharding.count,
    maxSamples: Math.max(1, queue.max_samples_per_send),
    maxDelayMs: Math.min(MAX_DELAY_MS, queue.batch_send_deadline),
    sendExemplars: endpoint.send_exemplars,
    sendHistograms: endpoint.send_native_histograms,
    maxAgeMs: queue.sample_age_limit,
    clock,
    append,
    dropped(reason, samples, batch, row) {
      metrics.add("prometheus_remote_storage_samples_dropped_total", { ...labels, reason }, samples);
      if (!seen.has(reason)) {
        seen.add(reason);
        emit("samples.dropped", {
          reason,
          samples,
          example: formatLabels(batch.series[row]?.labels ?? []).slice(0, 300),
        });
      }
    },
  });

  async function append({ shard, bytes, samples, exemplars }: ShardRequest): Promise<void> {
    const batch = batchOf(bytes, samples + exemplars);
    const egress = await opened.promise;
    await egress.append(String(shard), [batch], stop.signal);
    sharding.received(samples);
    metrics.add("prometheus_remote_storage_samples_total", labels, samples);
    metrics.add("prometheus_remote_storage_exemplars_total", labels, exemplars);
    metrics.add("prometheus_remote_storage_bytes_total", labels, batch.payload.length);
  }

  function batchOf(bytes: Uint8Array, items: number): Batch {
    return {
      format: "prometheus/write",
      destination: name,
      items,
      bytes: bytes.length,
      encoding: "snappy",
      payload: snappy(bytes),
      acceptedAt: Math.floor(clock.now()),
    };
  }

  async function open(): Promise<OrderedEgress> {
    const storage = context.service(storageService);
    const log = await storage.queue(name);
    messages = () => log.facts().messages;
    return startOrderedEgress({
      destinations: { candidates: () => [destination()], refused: async () => {} },
      queue: log,
      deadLetters: await storage.queue(deadLettersName),
      transport: context.service(transportService),
      authorize: context.service(authorizeService),
      clock,
      random: context.random,
      userAgent,
      emit: sharding.emit,
      onProblem: (problem) => context.setHealth(problem === undefined ? "healthy" : "unhealthy", problem ?? ""),
      exportTimeoutMs: endpoint.remote_timeout,
      baseMs: INITIAL_RETRY_MS,
      maxMs: Math.max(1_000, queue.max_backoff),
      maxExportBytes: MAX_EXPORT_BYTES,
      maxExportItems: queue.max_samples_per_send,
      concurrency: Math.min(MAX_REQUESTS, Math.max(4, maxShards)),
    });
  }

  async function sendMetadata(abort: AbortSignal): Promise<void> {
    const { send, send_interval: everyMs, max_samples_per_send: maxFamilies } = endpoint.metadata_config;
    const egress = await opened.promise;
    // A series of 2.0 brings its own.
    while (send && !isV2 && !abort.aborted) {
      await clock.sleep(Math.max(1_000, everyMs), abort);
      for (const { bytes, families } of abort.aborted ? [] : metadata.requests(Math.max(1, maxFamilies))) {
        await egress.append(METADATA_SHARD, [batchOf(bytes, families)], abort).catch(() => {});
      }
    }
  }

  async function sweep(abort: AbortSignal): Promise<void> {
    while (!abort.aborted) {
      await clock.sleep(SWEEP_MS, abort);
      table.sweep();
    }
  }

  return {
    receiver: {
      consume(batch) {
        metadata.add(batch.metadata);
        return write.consume(batch);
      },
    },
    async run(abort) {
      const ended = AbortSignal.any([abort, stop.signal]);
      let egress: OrderedEgress;
      try {
        egress = await open();
      } catch (error) {
        opened.reject(error);
        throw error;
      }
      opened.resolve(egress);
      metrics.set("prometheus_remote_storage_shards_min", labels, range.min);
      metrics.set("prometheus_remote_storage_shards_max", labels, range.max);
      await Promise.all([sendMetadata(ended), sweep(ended), sharding.run(write, ended)]);
      await write.flush();
      await egress.idle();
      await egress.stop();
    },
    async close() {
      await write.flush();
      stop.abort();
    },
    isFor: (other) => isDeepStrictEqual(plainOf(config), plainOf(other)),
    status: () => {
      const shards = sharding.count;
      return { name, url: labels.url, shards, series: table.size, samples_pending: write.pending() };
    },
  };
}

/** Secrets compare by their text. */
function plainOf(config: EndpointConfig): unknown {
  const reveal = (value: unknown): unknown => {
    if (value instanceof Map) {
      return [...value].map(([key, each]) => [key, reveal(each)]);
    }
    if (Array.isArray(value)) {
      return value.map(reveal);
    }
    if (typeof value === "object" && value !== null) {
      const { reveal: text } = value as { readonly reveal?: () => string };
      return typeof text === "function"
        ? text()
        : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, reveal(each)]));
    }
    return value;
  };
  return reveal(config);
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  parsed.password = "";
  return parsed.href;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
