import type { Collector } from "./collector.ts";
import { needText, parseNumber, words } from "./read.ts";

/** node_load1, node_load5 and node_load15 from /proc/loadavg. */
export const loadavg: Collector = {
  name: "loadavg",
  enabled: true,
  create: () => (host, out) => {
    const [one, five, fifteen] = words(needText(host.proc, "loadavg"));
    if (one === undefined || five === undefined || fifteen === undefined) throw new Error("unexpected loadavg");
    out.gauge("node_load1", "Load average of 1 minute.").add(parseNumber(one));
    out.gauge("node_load5", "Load average of 5 minutes.").add(parseNumber(five));
    out.gauge("node_load15", "Load average of 15 minutes.").add(parseNumber(fifteen));
    return "collected";
  },
};
