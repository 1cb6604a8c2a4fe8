import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

/** node_softirqs_functions_total: soft interrupts by CPU and type, from /proc/softirqs. */
export const softirqs: Collector = {
  name: "softirqs",
  enabled: false,
  create: () => (host, out) => {
    const family = out.counter("node_softirqs_functions_total", "Soft interrupts of each CPU by type.");
    for (const line of lines(needText(host.proc, "softirqs")).slice(1)) {
      const [name = "", ...counts] = words(line);
      const type = name.replace(/:$/, "");
      counts.forEach((value, cpu) => {
        family.add(parseNumber(value), labelText({ cpu: String(cpu), type }));
      });
    }
    return "collected";
  },
};
