import type { Collector } from "./collector.ts";
import { needNumber } from "./read.ts";

const files = "merge_across_nodes pages_shared pages_sharing pages_to_scan pages_unshared pages_volatile run".split(
  " ",
);

/** node_ksmd_*: merging of equal pages, from /sys/kernel/mm/ksm. */
export const ksmd: Collector = {
  name: "ksmd",
  enabled: false,
  create: () => (host, out) => {
    const value = (file: string) => needNumber(host.sys, `kernel/mm/ksm/${file}`);
    for (const file of files) out.gauge(`node_ksmd_${file}`, `Merging of pages: ${file}.`).add(value(file));
    out.counter("node_ksmd_full_scans_total", "Times that all pages were scanned.").add(value("full_scans"));
    out.gauge("node_ksmd_sleep_seconds", "Pause between scans.").add(value("sleep_millisecs") / 1000);
    return "collected";
  },
};
