import { type Families, labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import type { Host } from "./host.ts";
import { describeSensor } from "./hwmon-sensor.ts";
import { ignored } from "./options.ts";
import { tryText } from "./read.ts";

const types = new Set(
  "vrm beep_enable update_interval in cpu fan pwm temp curr power energy humidity intrusion freq".split(" "),
);

type Sensors = Map<string, { readonly type: string; readonly elements: Map<string, string> }>;

/** node_hwmon_*: sensors of /sys/class/hwmon. */
export const hwmon: Collector = {
  name: "hwmon",
  enabled: true,
  create: ({ hwmon: { chips } }) => {
    return (host, out) => {
      const monitors = host.sys.list("class/hwmon");
      if (!monitors) return "no data";
      for (const monitor of monitors) {
        const directory = `class/hwmon/${monitor}`;
        if (!host.sys.list(directory)) continue;
        const chip = chipOf(host, directory);
        if (ignored(chips, chip)) continue;
        const sensors: Sensors = new Map();
        readSensors(host, directory, sensors);
        readSensors(host, `${directory}/device`, sensors);
        const chipName = clean(tryText(host.sys, `${directory}/name`) ?? "");
        if (chipName !== "") {
          out
            .gauge("node_hwmon_chip_names", "Names of the chips; always 1.")
            .add(1, labelText({ chip, chip_name: chipName }));
        }
        write(chip, sensors, out);
      }
      return "collected";
    };
  },
};

function readSensors(host: Host, directory: string, sensors: Sensors): void {
  for (const file of host.sys.list(directory) ?? []) {
    const match = /^([^0-9]+)([0-9]*)(?:_(.+))?$/.exec(file);
    const type = match?.[1] ?? "";
    if (!match || !types.has(type)) continue;
    const text = tryText(host.sys, `${directory}/${file}`);
    if (text === undefined) continue;
    const name = `${type}${Number(match[2] ?? "")}`;
    const sensor = sensors.get(name) ?? { type, elements: new Map<string, string>() };
    sensor.elements.set(match[3] ?? "", text);
    sensors.set(name, sensor);
  }
}

function write(chip: string, sensors: Sensors, out: Families): void {
  for (const [sensor, { type, elements }] of sensors) {
    const labels = labelText({ chip, sensor });
    const label = elements.get("label");
    if (label !== undefined) {
      out.gauge("node_hwmon_sensor_label", "The sensor's label; always 1.").add(1, labelText({ chip, sensor, label }));
    }
    for (const [element, text] of elements) {
      const described = element === "label" ? undefined : describeSensor(type, element, elements);
      const value = text === "" ? Number.NaN : Number(text);
      if (!described || Number.isNaN(value)) continue;
      const { name, factor, counter, labelled } = described;
      const help = `Hardware sensor ${type}, ${element === "" ? "value" : element}.`;
      const family = counter ? out.counter(name, help) : out.gauge(name, help);
      family.add(value / factor, labelled ? labelText({ chip, sensor: clean(label ?? "") }) : labels);
    }
  }
}

/** A name that is the same after each boot: by the device, else by the chip's own name, else hwmonN. */
function chipOf(host: Host, directory: string): string {
  const device = host.sys.resolve(`${directory}/device`)?.split("/") ?? [];
  const [bus, name] = [clean(device.at(-2) ?? ""), clean(device.at(-1) ?? "")];
  if (name !== "") return bus === "" ? name : `${bus}_${name}`;
  const own = clean(tryText(host.sys, `${directory}/name`) ?? "");
  return own === "" ? clean(host.sys.resolve(directory)?.split("/").at(-1) ?? "") : own;
}

function clean(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, "_")
    .replace(/^_+|_+$/g, "");
}
