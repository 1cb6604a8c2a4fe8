import { formatLabels } from "../../../shared/prometheus/labels.ts";
import type {
  DropReason,
  ShardRequest,
  WriteShardsOptions,
} from "../../../shared/prometheus/remote-write/write-shards.ts";
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
  /** Each reason is logged once. */
  readonly dropped: WriteShardsOptions["dropped"];
}

/** `labels` are those of the endpoint's metrics. */
export function createWriteTelemetry(
  labels: Readonly<Record<"component_id" | "remote_name" | "url", string>>,
  { metrics, emit }: Pick<ComponentContext<unknown>, "metrics" | "emit">,
): WriteTelemetry {
  const told = new Set<DropReason>();
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
