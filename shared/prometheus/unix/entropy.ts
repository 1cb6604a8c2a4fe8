import type { Collector } from "./collector.ts";
import { needNumber } from "./read.ts";

/** node_entropy_available_bits and node_entropy_pool_size_bits. */
export const entropy: Collector = {
  name: "entropy",
  enabled: true,
  create: () => (host, out) => {
    const available = needNumber(host.proc, "sys/kernel/random/entropy_avail");
    const size = needNumber(host.proc, "sys/kernel/random/poolsize");
    out.gauge("node_entropy_available_bits", "Bits of entropy available.").add(available);
    out.gauge("node_entropy_pool_size_bits", "Bits of the entropy pool.").add(size);
    return "collected";
  },
};
