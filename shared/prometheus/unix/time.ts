import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { needText, numbered, words } from "./read.ts";

/** node_time_*: the clock, its zone and the clock sources of the kernel. */
export const time: Collector = {
  name: "time",
  enabled: true,
  create: () => (host, out) => {
    const { name, offsetSeconds } = host.zone();
    out.gauge("node_time_seconds", "The clock in seconds since 1970.").add(host.now());
    out
      .gauge("node_time_zone_offset_seconds", "Offset of the time zone in seconds.")
      .add(offsetSeconds, labelText({ time_zone: name }));
    const directory = "devices/system/clocksource";
    numbered(host.sys, directory, "clocksource").forEach((source, index) => {
      const device = String(index);
      for (const clocksource of words(needText(host.sys, `${directory}/${source}/available_clocksource`))) {
        out
          .gauge("node_time_clocksource_available_info", "Clock sources that the kernel could use.")
          .add(1, labelText({ device, clocksource }));
      }
      const clocksource = needText(host.sys, `${directory}/${source}/current_clocksource`).trim();
      out
        .gauge("node_time_clocksource_current_info", "The clock source that the kernel uses.")
        .add(1, labelText({ device, clocksource }));
    });
    return "collected";
  },
};
