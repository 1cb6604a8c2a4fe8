import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

/** node_interrupts_total: interrupts by CPU, from /proc/interrupts. */
export const interrupts: Collector = {
  name: "interrupts",
  enabled: false,
  create: () => (host, out) => {
    const [header = "", ...rows] = lines(needText(host.proc, "interrupts"));
    const cpus = words(header).length;
    const family = out.counter("node_interrupts_total", "Interrupts of each CPU.");
    for (const row of rows) {
      const colon = row.indexOf(":");
      const fields = words(row.slice(colon + 1));
      // Rows that are not by CPU, such as ERR, have fewer columns.
      if (colon < 0 || fields.length < cpus + 1) continue;
      const type = row.slice(0, colon).trim();
      const numbered = /^\d+$/.test(type);
      const info = numbered ? (fields[cpus] ?? "") : fields.slice(cpus).join(" ");
      const devices = numbered ? fields.slice(cpus + 1).join(" ") : "";
      for (let cpu = 0; cpu < cpus; cpu += 1) {
        family.add(parseNumber(fields[cpu] ?? ""), labelText({ cpu: String(cpu), type, info, devices }));
      }
    }
    return "collected";
  },
};
