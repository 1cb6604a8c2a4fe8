import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { needText, parseNumber, words } from "./read.ts";

/** Line of /sys/fs/xfs/<device>/stats/stats → metrics of its numbers in order, `-` for those left out. */
const rows: Readonly<Record<string, readonly [prefix: string, names: string]>> = {
  extent_alloc: [
    "extent_allocation",
    "extents_allocated_total blocks_allocated_total extents_freed_total blocks_freed_total",
  ],
  abt: ["allocation_btree", "lookups_total compares_total records_inserted_total records_deleted_total"],
  blk_map: [
    "block_mapping",
    "reads_total writes_total unmaps_total extent_list_insertions_total extent_list_deletions_total " +
      "extent_list_lookups_total extent_list_compares_total",
  ],
  bmbt: ["block_map_btree", "lookups_total compares_total records_inserted_total records_deleted_total"],
  dir: ["directory_operation", "lookup_total create_total remove_total getdents_total"],
  ig: [
    "inode_operation",
    "attempts_total found_total recycled_total missed_total duplicates_total reclaims_total attribute_changes_total",
  ],
  rw: ["", "write_calls_total read_calls_total"],
  vnodes: ["vnode", "active_total allocate_total get_total hold_total release_total reclaim_total remove_total"],
};

/** node_xfs_*: operations of each XFS file system. */
export const xfs: Collector = {
  name: "xfs",
  enabled: true,
  create: () => (host, out) => {
    for (const device of host.sys.listDirectories("fs/xfs") ?? []) {
      if (["stats", "error", "debug"].includes(device)) continue;
      const labels = labelText({ device });
      for (const line of needText(host.sys, `fs/xfs/${device}/stats/stats`).split("\n")) {
        const [row = "", ...values] = words(line);
        const known = rows[row];
        if (!known) continue;
        const [prefix, names] = known;
        names.split(" ").forEach((name, index) => {
          const metric = prefix === "" ? name : `${prefix}_${name}`;
          const value = values[index];
          if (value === undefined) return;
          out.counter(`node_xfs_${metric}`, `XFS: ${metric}.`).add(parseNumber(value), labels);
        });
      }
    }
    return "collected";
  },
};
