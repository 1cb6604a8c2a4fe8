import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

/** node_buddyinfo_blocks: free blocks of memory by their size, from /proc/buddyinfo. */
export const buddyinfo: Collector = {
  name: "buddyinfo",
  enabled: false,
  create: () => (host, out) => {
    const family = out.gauge("node_buddyinfo_blocks", "Free blocks by size.");
    for (const line of lines(needText(host.proc, "buddyinfo"))) {
      const match = /^Node (\d+), zone +(\S+) +(.*)$/.exec(line);
      if (!match) throw new Error("cannot read buddyinfo");
      const [, node = "", zone = "", rest = ""] = match;
      words(rest).forEach((value, size) => {
        family.add(parseNumber(value), labelText({ node, zone, size: String(size) }));
      });
    }
    return "collected";
  },
};
