import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, needText, words } from "./read.ts";

const minColumns = 9;

/** node_softnet_*: /proc/net/softnet_stat, a line of hexadecimal columns for each CPU. */
export const softnet: Collector = {
  name: "softnet",
  enabled: true,
  create: () => (host, out) => {
    const processed = out.counter("node_softnet_processed_total", "Packets processed.");
    const dropped = out.counter("node_softnet_dropped_total", "Packets dropped.");
    const squeezed = out.counter("node_softnet_times_squeezed_total", "Times that processing ran out of its budget.");
    const collisions = out.counter("node_softnet_cpu_collision_total", "Collisions while sending.");
    const rps = out.counter("node_softnet_received_rps_total", "Times that the CPU was woken to receive packets.");
    const limited = out.counter("node_softnet_flow_limit_count_total", "Times that the limit of a flow was reached.");
    const backlog = out.gauge("node_softnet_backlog_len", "Length of the backlog.");
    lines(needText(host.proc, "net/softnet_stat")).forEach((line, row) => {
      const columns = words(line).map((word) => Number.parseInt(word, 16));
      if (columns.length < minColumns) throw new Error(`softnet_stat has ${columns.length} columns, not ${minColumns}`);
      const labels = labelText({ cpu: String(columns.length >= 13 ? columns[12] : row) });
      processed.add(columns[0] ?? 0, labels);
      dropped.add(columns[1] ?? 0, labels);
      squeezed.add(columns[2] ?? 0, labels);
      collisions.add(columns[8] ?? 0, labels);
      rps.add(columns[9] ?? 0, labels);
      limited.add(columns[10] ?? 0, labels);
      backlog.add(columns.length >= 13 ? (columns[11] ?? 0) : 0, labels);
    });
    return "collected";
  },
};
