import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { numbered, tryNumber, tryText } from "./read.ts";

/** node_thermal_zone_temp and node_cooling_device_*: /sys/class/thermal. */
export const thermalZone: Collector = {
  name: "thermal_zone",
  enabled: true,
  create: () => (host, out) => {
    for (const name of numbered(host.sys, "class/thermal", "thermal_zone")) {
      const type = tryText(host.sys, `class/thermal/${name}/type`);
      const milliCelsius = tryNumber(host.sys, `class/thermal/${name}/temp`);
      if (type === undefined || milliCelsius === undefined) continue;
      out
        .gauge("node_thermal_zone_temp", "Temperature of the zone in degrees Celsius.")
        .add(milliCelsius / 1000, labelText({ zone: name.slice("thermal_zone".length), type }));
    }
    for (const device of numbered(host.sys, "class/thermal", "cooling_device")) {
      const type = tryText(host.sys, `class/thermal/${device}/type`);
      const current = tryNumber(host.sys, `class/thermal/${device}/cur_state`);
      const max = tryNumber(host.sys, `class/thermal/${device}/max_state`);
      if (type === undefined || current === undefined || max === undefined) continue;
      const labels = labelText({ name: device.slice("cooling_device".length), type });
      out.gauge("node_cooling_device_cur_state", "How much the cooling device throttles.").add(current, labels);
      out.gauge("node_cooling_device_max_state", "How much the cooling device can throttle.").add(max, labels);
    }
    return "collected";
  },
};
