import { attribute, block, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";

/**
 * Blocks of collectors that are not built in. They are read so that a file that has them loads; a collector among them that
 * is also enabled tells that it cannot work, with `node_scrape_collector_success` 0.
 */
export const otherCollectorBlocks = {
  bcache: block(table({ priority_stats: attribute(bool) })),
  ipvs: block(table({ backend_labels: attribute(list(string)) })),
  ntp: block(
    table({
      ip_ttl: attribute(int, { default: 1 }),
      local_offset_tolerance: attribute(duration, { default: 1 }),
      max_distance: attribute(duration, { default: 3466.08 }),
      protocol_version: attribute(int, { default: 4 }),
      server: attribute(string, { default: "127.0.0.1" }),
      server_is_local: attribute(bool),
    }),
  ),
  perf: block(
    table({
      cpus: attribute(string),
      tracepoint: attribute(list(string)),
      disable_hardware_profilers: attribute(bool),
      disable_software_profilers: attribute(bool),
      disable_cache_profilers: attribute(bool),
      hardware_profilers: attribute(list(string)),
      software_profilers: attribute(list(string)),
      cache_profilers: attribute(list(string)),
    }),
  ),
  runit: block(table({ service_dir: attribute(string, { default: "/etc/service" }) })),
  supervisord: block(table({ url: attribute(string, { default: "http://localhost:9001/RPC2" }) })),
  systemd: block(
    table({
      enable_restarts: attribute(bool),
      start_time: attribute(bool),
      task_metrics: attribute(bool),
      unit_exclude: attribute(string, { default: ".+\\.(automount|device|mount|scope|slice)" }),
      unit_include: attribute(string, { default: ".+" }),
    }),
  ),
  tapestats: block(table({ ignored_devices: attribute(string, { default: "^$" }) })),
};
