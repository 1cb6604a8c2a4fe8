/** The multiples of what is counted, as CloudWatch writes them and as UCUM does (CloudWatch, "OpenTelemetry 1.0.0 translation"). */
const units: ReadonlyMap<string, string> = new Map([
  ["Seconds", "s"],
  ["Second", "s"],
  ["Microseconds", "us"],
  ["Milliseconds", "ms"],
  ["Bytes", "By"],
  ["Kilobytes", "kBy"],
  ["Megabytes", "MBy"],
  ["Gigabytes", "GBy"],
  ["Terabytes", "TBy"],
  ["Bits", "bit"],
  ["Kilobits", "kbit"],
  ["Megabits", "MBit"],
  ["Gigabits", "GBit"],
  ["Terabits", "Tbit"],
  ["Percent", "%"],
  ["Count", "{Count}"],
  ["None", "1"],
]);

/** A unit of CloudWatch as OpenTelemetry has it: `Bytes/Second` is `By/s`. What is not known stays as it is. */
export function unitOf(unit: string): string {
  const whole = unit.endsWith("/Second") ? unit.slice(0, -"/Second".length) : unit;
  const known = units.get(whole) ?? whole;
  return whole === unit ? known : `${known}/s`;
}

/** What a gauge says of its unit: nothing where there is none, since `1` would call it a ratio. */
export function gaugeUnit(unit: string): string {
  return unit === "1" || unit === "NoneTranslated" ? "" : unit;
}
