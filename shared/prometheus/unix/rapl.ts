import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { ReadError } from "./host.ts";
import { needNumber, tryText } from "./read.ts";

/** node_rapl_<zone>_joules_total: energy of the zones of /sys/class/powercap. */
export const rapl: Collector = {
  name: "rapl",
  enabled: true,
  create: () => (host, out) => {
    const directories = host.sys.list("class/powercap");
    if (!directories) return "no data";
    const used = new Map<string, number>();
    for (const directory of directories) {
      const path = `class/powercap/${directory}`;
      const named = tryText(host.sys, `${path}/name`);
      if (named === undefined) continue;
      // package-1 is the second of its name; several zones of one name are counted.
      const numbered = /^(.+)-(\d+)$/.exec(named);
      const name = numbered?.[1] ?? named;
      const index = numbered ? Number(numbered[2]) : (used.get(name) ?? 0);
      used.set(name, index + 1);
      try {
        const joules = needNumber(host.sys, `${path}/energy_uj`) / 1e6;
        out
          .counter(`node_rapl_${name.replace(/[^a-zA-Z0-9_:]/g, "_")}_joules_total`, `Energy of ${name} in joules.`)
          .add(joules, labelText({ index: String(index), path: `${host.sys.root}/${path}` }));
      } catch (error) {
        if (error instanceof ReadError && (error.code === "EACCES" || error.code === "EPERM")) return "no data";
        throw error;
      }
    }
    return "collected";
  },
};
