import { formatLabels } from "../../../shared/prometheus/labels.ts";
import type {
  DropReason,
  ShardRequest,
  WriteShardsOptions,
} from "../../../shared/prometheus/remote-write/write-shards.ts";
import type { Emit, EventFields } from "../../../shared/telemetry/events/events.ts";
import type { ComponentContext } from "../../controller/component.ts";
import type { WriteShardingOptions } from "./write-sharding.ts";

/** What an endpoint counts and tells, with the names of Prometheus' remote write. */
export interface WriteTelemetry extends Pick<WriteShardingOptions, "onCount"> {
  /** The least and the most shards. */
  range(range: WriteShardingOptions["range"]): void;
  /** A request is durable, with so many bytes compressed. */
  appended(request: Pick<ShardRequest, "samples" | "exemplars">, bytes: number): void;
  /** A request of metadata is durable. */
  appendedMetadata(families: number): void;
  /** Counts what becomes of requests, and hands everything on. */
  readonly emit: Emit;
  /** Samples that wait to become durable. */
  pending(samples: number): void;
  /** Each reason is logged once. */
  readonly dropped: WriteShardsOptions["dropped"];
}

/** `labels` are those of the endpoint's metrics. */
export function createWriteTelemetry(
  labels: Readonly<Record<"component_id" | "remote_name" | "url", string>>,
  { metrics, emit, clock }: Pick<ComponentContext<unknown>, "metrics" | "emit" | "clock">,
): WriteTelemetry {
  const told = new Set<DropReason>();
  let sentUpTo = 0;

  function delivered({ durationMs, ageMs = durationMs }: EventFields["export.delivered"]): void {
    metrics.observe("prometheus_remote_storage_sent_batch_duration_seconds", labels, durationMs / 1_000);
    sentUpTo = Math.max(sentUpTo, (clock.now() - ageMs) / 1_000);
    metrics.set("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", labels, sentUpTo);
  }

  return {
    range({ min, max }) {
      metrics.set("prometheus_remote_storage_shards_min", labels, min);
      metrics.set("prometheus_remote_storage_shards_max", labels, max);
    },
    onCount(count, desired) {
      metrics.set("prometheus_remote_storage_shards", labels, count);
      metrics.set("prometheus_remote_storage_shards_desired", labels, desired);
    },
    appended({ samples, exemplars }, bytes) {
      metrics.add("prometheus_remote_storage_samples_total", labels, samples);
      metrics.add("prometheus_remote_storage_exemplars_total", labels, exemplars);
      metrics.add("prometheus_remote_storage_bytes_total", labels, bytes);
    },
    appendedMetadata(families) {
      metrics.add("prometheus_remote_storage_metadata_total", labels, families);
    },
    emit(event, fields) {
      if (event === "export.delivered") {
        delivered(fields as EventFields["export.delivered"]);
      } else if (event === "export.retry") {
        const { items } = fields as EventFields["export.retry"];
        metrics.add("prometheus_remote_storage_samples_retried_total", labels, items);
      } else if (event === "batch.dead-lettered") {
        const { items } = fields as EventFields["batch.dead-lettered"];
        metrics.add("prometheus_remote_storage_samples_failed_total", labels, items);
      }
      emit(event, fields);
    },
    pending(samples) {
      metrics.set("prometheus_remote_storage_samples_pending", labels, samples);
    },
    dropped(reason, samples, batch, row) {
      metrics.add("prometheus_remote_storage_samples_dropped_total", { ...labels, reason }, samples);
      if (!told.has(reason)) {
        told.add(reason);
        const example = formatLabels(batch.series[row]?.labels ?? []).slice(0, 300);
        emit("samples.dropped", { reason, samples, example });
      }
    },
  };
}
