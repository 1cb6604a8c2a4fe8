import { createHash } from "node:crypto";
import type { DecodedBy } from "../../../shared/alloy/arguments.ts";
import { snappy } from "../../../shared/compression/snappy-block.ts";
import type { Destination, Destinations } from "../../../shared/delivery/destination.ts";
import { lokiPushExporter } from "../../../shared/exporters/loki-push/exporter.ts";
import type { Entry } from "../../../shared/loki/entry.ts";
import { formatLabels } from "../../../shared/loki/labels.ts";
import { lineLength } from "../../../shared/loki/line-entry.ts";
import { createPushBatcher, type PushBatch, type PushBatcher } from "../../../shared/loki/push-batcher.ts";
import { deadLettersName } from "../../../shared/node/disk-queue/control.ts";
import type { EventFields } from "../../../shared/telemetry/events/events.ts";
import { userAgent } from "../../../shared/user-agent.ts";
import type { ComponentContext } from "../../controller/component.ts";
import { type OrderedEgress, startOrderedEgress } from "../../egress/ordered-egress.ts";
import { authorizeService, storageService, transportService } from "../../egress/services.ts";
import { destinationClient } from "../blocks/destination-client.ts";
import type { endpoint } from "./write-arguments.ts";

export type EndpointArguments = DecodedBy<typeof endpoint>;

/** One endpoint of loki.write: batches, a log on the disk, deliveries. */
export interface WriteEndpoint {
  /** Resolves when the entry is durable; undefined when it was dropped and counted. */
  add(entry: Entry, tenant: string): Promise<void> | undefined;
  /** Makes what it holds durable, or gives up when `abort` says so; what is on the disk is delivered by the next process. */
  close(abort: AbortSignal): Promise<void>;
}

export interface EndpointOptions {
  readonly args: EndpointArguments;
  readonly maxStreams: number;
  readonly context: ComponentContext<unknown>;
}

/** The name of an endpoint: as it was given, or one made of its URL. */
export function endpointName({ name, url }: EndpointArguments): string {
  return name || createHash("sha256").update(url).digest("hex").slice(0, 8);
}

const protocolHeaders = new Set(["content-type", "content-encoding", "content-length", "host", "user-agent"]);
const tenantHeader = "x-scope-orgid";
const maxExportItems = 100_000;

/** Whose entries are that say nothing about it: by `tenant_id`, or by a header. */
export function tenantOf({ tenant_id: tenant, headers }: EndpointArguments): string {
  return tenant || ([...headers].find(([name]) => name.toLowerCase() === tenantHeader)?.[1] ?? "");
}

/** Starts an endpoint. What an earlier process left in its log is delivered first. */
export async function startEndpoint({ args, maxStreams, context }: EndpointOptions): Promise<WriteEndpoint> {
  const { id, metrics, clock, emit } = context;
  const name = `${id}/${endpointName(args)}`;
  const labels = { component_id: id, host: URL.parse(args.url)?.host ?? "" };
  const stop = new AbortController();
  const batchers = new Map<string, PushBatcher>();
  /** Bytes that wait for the log. */
  let waitingBytes = 0;
  for (const header of ignoredHeaders(args)) emit("header.ignored", { header });
  const egress = await openEgress(name, { args, labels, context });

  // Compressed at once, and sent as it is stored: one batch mostly is one request.
  async function append(shard: string, tenant: string, batch: PushBatch): Promise<void> {
    const compressed = snappy(batch.bytes);
    metrics.add("loki_write_encoded_bytes_total", { ...labels, tenant }, compressed.length);
    waitingBytes += batch.contentBytes;
    const payload = {
      format: "loki/push",
      destination: name,
      ...(tenant !== "" && { tenant }),
      items: batch.entries,
      bytes: batch.bytes.length,
      encoding: "snappy",
      payload: compressed,
      acceptedAt: Math.floor(clock.now()),
    } as const;
    try {
      await egress.append(shard, [payload], stop.signal);
    } finally {
      waitingBytes -= batch.contentBytes;
    }
  }

  /** Of the last entry: those that come together mostly go together. */
  let last: { readonly tenant: string; readonly number: number; readonly batcher: PushBatcher } | undefined;

  function batcherOf(entry: Entry, tenant: string): PushBatcher {
    const number = shardOf(entry, args.queue_config.min_shards);
    if (last?.tenant === tenant && last.number === number) return last.batcher;
    const shard = `${tenant}#${number}`;
    let batcher = batchers.get(shard);
    if (batcher === undefined) {
      for (const [other, { isEmpty }] of batchers) if (isEmpty) batchers.delete(other);
      batcher = createPushBatcher({
        maxBytes: args.batch_size,
        waitMs: args.batch_wait,
        maxStreams,
        flush: (batch) => append(shard, tenant, batch),
        later(ms, task) {
          const timer = setTimeout(task, ms);
          return () => clearTimeout(timer);
        },
      });
      batchers.set(shard, batcher);
    }
    last = { tenant, number, batcher };
    return batcher;
  }

  const told = new Set<string>();
  function drop(entry: Entry, tenant: string, reason: string): undefined {
    metrics.add("loki_write_dropped_entries_total", { ...labels, tenant, reason });
    metrics.add("loki_write_dropped_bytes_total", { ...labels, tenant, reason }, lineLength(entry));
    if (!told.has(reason)) emit("entries.dropped", { reason });
    told.add(reason);
  }

  return {
    add(entry, tenant) {
      const { capacity, block_on_overflow: blocks } = args.queue_config;
      if (!blocks && waitingBytes > capacity) return drop(entry, tenant, "queue_is_full");
      return batcherOf(entry, tenant).add(entry) ?? drop(entry, tenant, "stream_limited");
    },
    async close(abort) {
      for (const batcher of batchers.values()) batcher.flush();
      const giveUp = () => stop.abort();
      if (abort.aborted) giveUp();
      abort.addEventListener("abort", giveUp, { once: true });
      await egress.idle();
      abort.removeEventListener("abort", giveUp);
      await egress.stop();
    },
  };
}

interface OpenOptions extends Pick<EndpointOptions, "args" | "context"> {
  readonly labels: { readonly component_id: string; readonly host: string };
}

async function openEgress(name: string, { args, labels, context }: OpenOptions): Promise<OrderedEgress> {
  const { metrics, clock, random, emit, setHealth } = context;
  const storage = context.service(storageService);
  return startOrderedEgress({
    queue: await storage.queue(name),
    deadLetters: await storage.queue(deadLettersName),
    destinations: destinationsOf(name, args),
    transport: context.service(transportService),
    authorize: context.service(authorizeService),
    clock,
    random,
    userAgent,
    emit(event, fields) {
      emit(event, fields);
      const sent = { ...labels, tenant: "" };
      if (event === "export.retry") {
        metrics.add("loki_write_batch_retries_total", sent, (fields as EventFields["export.retry"]).batches);
      }
      if (event !== "export.delivered") return;
      const { items, bytes, durationMs, ageMs = 0 } = fields as EventFields["export.delivered"];
      metrics.add("loki_write_sent_entries_total", sent, items);
      metrics.add("loki_write_sent_bytes_total", sent, bytes);
      metrics.observe("loki_write_request_size_bytes", sent, bytes);
      metrics.observe("loki_write_entry_propagation_latency_seconds", sent, ageMs / 1000);
      metrics.observe("loki_write_request_duration_seconds", { ...sent, status_code: "204" }, durationMs / 1000);
    },
    onProblem: (problem) => setHealth(problem === undefined ? "healthy" : "unhealthy", problem ?? ""),
    maxExportBytes: args.batch_size,
    maxExportItems,
    exportTimeoutMs: args.remote_timeout,
    baseMs: args.min_backoff_period,
    maxMs: args.max_backoff_period,
  });
}

/** Those that would replace what the protocol says. */
function ignoredHeaders({ headers, http_headers: httpHeaders, tenant_id: tenant }: EndpointArguments): string[] {
  const isIgnored = (name: string) => protocolHeaders.has(name) || (name === tenantHeader && tenant !== "");
  return [...headers.keys(), ...httpHeaders.keys()].filter((name) => isIgnored(name.toLowerCase()));
}

/** Streams stay in their shard. */
function shardOf({ labels }: Entry, shards: number): number {
  if (shards <= 1) return 0;
  let hash = 0;
  for (const character of formatLabels(labels)) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % shards;
}

function destinationsOf(name: string, args: EndpointArguments): Destinations {
  const given = [
    ...args.headers,
    ...[...args.http_headers].map(
      ([name, values]) => [name, values.map((value) => value.reveal()).join(", ")] as const,
    ),
  ];
  const kept = given
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !protocolHeaders.has(name) && name !== tenantHeader);
  return {
    candidates(wanted) {
      if (wanted !== name) return [];
      const destination: Destination = {
        name,
        endpoint: args.url,
        exporter: lokiPushExporter,
        headers: Object.fromEntries(kept),
        ...destinationClient(args),
      };
      return [destination];
    },
    refused: async () => {},
  };
}
