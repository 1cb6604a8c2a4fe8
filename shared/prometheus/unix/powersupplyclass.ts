import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { ignored } from "./options.ts";
import { tryText } from "./read.ts";

/** File of /sys/class/power_supply/<name> → metric, by what the value is divided by. */
const plain =
  "authentic calibrate capacity capacity_alert_max capacity_alert_min cycle_count:cyclecount online present " +
  "time_to_empty_now:time_to_empty_seconds time_to_full_now:time_to_full_seconds";
const millionths =
  "current_boot current_max current_now:current_ampere energy_empty energy_empty_design energy_full " +
  "energy_full_design energy_now:energy_watthour voltage_boot voltage_max voltage_max_design voltage_min " +
  "voltage_min_design voltage_now:voltage_volt voltage_ocv charge_control_limit charge_control_limit_max " +
  "charge_counter charge_empty charge_empty_design charge_full charge_full_design charge_now:charge_ampere " +
  "charge_term_current constant_charge_current constant_charge_current_max constant_charge_voltage " +
  "constant_charge_voltage_max precharge_current input_current_limit power_now:power_watt";
const tenths =
  "temp:temp_celsius temp_alert_max:temp_alert_max_celsius temp_alert_min:temp_alert_min_celsius " +
  "temp_ambient:temp_ambient_celsius temp_ambient_max:temp_ambient_max_celsius " +
  "temp_ambient_min:temp_ambient_min_celsius temp_max:temp_max_celsius temp_min:temp_min_celsius";

const texts =
  "capacity_level charge_type health manufacturer model_name serial_number status technology type usb_type scope";

const metrics = new Map(
  [
    [plain, 1],
    [millionths, 1e6],
    [tenths, 10],
  ].flatMap(([names, divisor]) =>
    String(names)
      .split(" ")
      .map((entry) => {
        const [file = "", name = file] = entry.split(":");
        return [file, { name, divisor: Number(divisor) }] as const;
      }),
  ),
);

/** node_power_supply_*: batteries and adapters. */
export const powersupplyclass: Collector = {
  name: "powersupplyclass",
  enabled: true,
  create: ({ powersupply: filter }) => {
    return (host, out) => {
      const supplies = host.sys.list("class/power_supply");
      if (!supplies) return "no data";
      for (const supply of supplies) {
        if (ignored(filter, supply)) continue;
        const directory = `class/power_supply/${supply}`;
        const labels = labelText({ power_supply: supply });
        const info: Record<string, string> = { power_supply: supply };
        for (const file of host.sys.listFiles(directory) ?? []) {
          const metric = metrics.get(file);
          if (metric === undefined && !texts.split(" ").includes(file)) continue;
          const text = tryText(host.sys, `${directory}/${file}`);
          if (text === undefined || text === "") continue;
          if (!metric) {
            info[file] = text;
          } else if (/^-?\d+$/.test(text)) {
            out
              .gauge(`node_power_supply_${metric.name}`, `${metric.name} of the power supply.`)
              .add(Number(text) / metric.divisor, labels);
          }
        }
        out.gauge("node_power_supply_info", "What is not a number; always 1.").add(1, labelText(info));
      }
      return "collected";
    };
  },
};
