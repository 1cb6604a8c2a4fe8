import type { Collector } from "./collector.ts";
import { lines, readNumber, words } from "./read.ts";

const statistics = "found invalid ignore insert insert_failed drop early_drop search_restart".split(" ");

/** node_nf_conntrack_*: connection tracking, its statistics summed over the CPUs. */
export const conntrack: Collector = {
  name: "conntrack",
  enabled: true,
  create: () => (host, out) => {
    const entries = readNumber(host.proc, "sys/net/netfilter/nf_conntrack_count");
    const limit = readNumber(host.proc, "sys/net/netfilter/nf_conntrack_max");
    if (entries !== undefined) out.gauge("node_nf_conntrack_entries", "Tracked connections.").add(entries);
    if (limit !== undefined) out.gauge("node_nf_conntrack_entries_limit", "Connections that fit.").add(limit);
    const text = host.proc.read("net/stat/nf_conntrack");
    if (entries === undefined || limit === undefined || text === undefined) return "no data";
    const [header = "", ...rows] = lines(text);
    const columns = words(header);
    const cpus = rows.map((row) => words(row).map((word) => Number.parseInt(word, 16)));
    for (const name of statistics) {
      const column = columns.indexOf(name);
      const sum = cpus.reduce((total, cpu) => total + (column < 0 ? 0 : (cpu[column] ?? 0)), 0);
      out.gauge(`node_nf_conntrack_stat_${name}`, `Connection tracking: ${name}.`).add(sum);
    }
    return "collected";
  },
};
