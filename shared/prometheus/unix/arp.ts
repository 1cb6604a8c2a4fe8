import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { ignored } from "./options.ts";
import { lines, needText, words } from "./read.ts";

/** node_arp_entries: neighbours of each device, from /proc/net/arp. */
export const arp: Collector = {
  name: "arp",
  enabled: true,
  create: ({ arp: filter }) => {
    return (host, out) => {
      const entries = new Map<string, number>();
      for (const line of lines(needText(host.proc, "net/arp")).slice(1)) {
        const device = words(line)[5];
        if (device !== undefined && !ignored(filter, device)) entries.set(device, (entries.get(device) ?? 0) + 1);
      }
      const family = out.gauge("node_arp_entries", "ARP entries of the device.");
      for (const [device, count] of entries) family.add(count, labelText({ device }));
      return "collected";
    };
  },
};
