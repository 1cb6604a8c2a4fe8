import type { Collector } from "./collector.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

/** node_vmstat_*: the fields of /proc/vmstat that the pattern selects. */
export const vmstat: Collector = {
  name: "vmstat",
  enabled: true,
  create: ({ vmstat: { fields } }) => {
    const selected = new Map<string, boolean>();
    return (host, out) => {
      for (const line of lines(needText(host.proc, "vmstat"))) {
        const [name = "", value = ""] = words(line);
        const select = selected.get(name) ?? fields(name);
        selected.set(name, select);
        if (select) out.untyped(`node_vmstat_${name}`, `Field ${name} of /proc/vmstat.`).add(parseNumber(value));
      }
      return "collected";
    };
  },
};
