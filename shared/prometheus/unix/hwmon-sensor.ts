/** How one file of a sensor becomes a metric: its value is divided by `factor`. */
export interface SensorMetric {
  readonly name: string;
  readonly factor: number;
  readonly counter?: boolean;
  /** The sensor's label stands in the label `sensor`. */
  readonly labelled?: boolean;
}

const milli = 1000;
const micro = 1_000_000;

/** Suffix and factor of the types whose every element has a unit. */
const units: Readonly<Record<string, readonly [suffix: string, factor: number]>> = {
  in: ["_volts", milli],
  cpu: ["_volts", milli],
  curr: ["_amps", milli],
  humidity: ["", micro],
};

const intervals = new Set(["average_interval", "average_interval_min", "average_interval_max"]);
const speeds = new Set(["input", "min", "max", "target"]);

/**
 * The metric of an element such as `input` of `temp`, by the units of the kernel's hwmon interface; `undefined` for
 * a frequency without a label.
 */
export function describeSensor(
  type: string,
  element: string,
  elements: ReadonlyMap<string, string>,
): SensorMetric | undefined {
  if (type === "beep_enable") return { name: "node_hwmon_beep_enabled", factor: 1 };
  if (type === "vrm") return { name: "node_hwmon_voltage_regulator_version", factor: 1 };
  if (type === "update_interval") return { name: "node_hwmon_update_interval_seconds", factor: milli };
  const name = `node_hwmon_${type}${suffix(element, elements)}`;
  if (element === "fault" || element === "alarm") return { name, factor: 1 };
  if (element === "beep") return { name: `${name}_enabled`, factor: 1 };
  const unit = units[type];
  if (unit) return { name: `${name}${unit[0]}`, factor: unit[1] };
  if (type === "temp" && element !== "type") return { name: `${name}_celsius`, factor: milli };
  if (type === "energy") return { name: `${name}_joule_total`, factor: micro, counter: true };
  if (type === "power" && element === "accuracy") return { name, factor: micro };
  if (type === "power" && intervals.has(element)) return { name: `${name}_seconds`, factor: milli };
  if (type === "power") return { name: `${name}_watt`, factor: micro };
  if (type === "fan" && speeds.has(element)) return { name: `${name}_rpm`, factor: 1 };
  if (type === "freq" && element === "input") {
    return elements.has("label") ? { name: `${name}_freq_mhz`, factor: micro, labelled: true } : undefined;
  }
  return { name, factor: 1 };
}

/** `input` is the value itself, unless there is a file without an element too. */
function suffix(element: string, elements: ReadonlyMap<string, string>): string {
  if (element === "input") return elements.has("") ? "_input" : "";
  return element === "" ? "" : `_${element.toLowerCase().replace(/[^a-z0-9:_]/g, "_")}`;
}
