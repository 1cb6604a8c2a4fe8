import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

const columns = ["active_objects", "objects", "object_size_bytes", "objects_per_slab", "pages_per_slab"];

/** node_slabinfo_*: caches of the kernel, from /proc/slabinfo, which only root may read. */
export const slabinfo: Collector = {
  name: "slabinfo",
  enabled: false,
  create: () => (host, out) => {
    for (const line of lines(needText(host.proc, "slabinfo")).slice(2)) {
      const [slab = "", ...values] = words(line);
      columns.forEach((column, index) => {
        out
          .gauge(`node_slabinfo_${column}`, `Cache of the kernel: ${column}.`)
          .add(parseNumber(values[index] ?? ""), labelText({ slab }));
      });
    }
    return "collected";
  },
};
