import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

/** node_swap_*: each swap device of /proc/swaps. */
export const swap: Collector = {
  name: "swap",
  enabled: false,
  create: () => (host, out) => {
    for (const line of lines(needText(host.proc, "swaps")).slice(1)) {
      const [device = "", type = "", size = "", used = "", priority = ""] = words(line);
      const labels = labelText({ device, swap_type: type });
      out.gauge("node_swap_size_bytes", "Size of the swap device.").add(parseNumber(size) * 1024, labels);
      out.gauge("node_swap_used_bytes", "Used part of the swap device.").add(parseNumber(used) * 1024, labels);
      out.gauge("node_swap_priority", "Priority of the swap device.").add(parseNumber(priority), labels);
    }
    return "collected";
  },
};
