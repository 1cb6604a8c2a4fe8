import { type Families, labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import type { Host } from "./host.ts";
import { needText, parseNumber, words } from "./read.ts";

/** node_sysctl_*: the settings of the kernel that are named, `net.ipv4.tcp_rmem:min,default,max` or without keys. */
export const sysctl: Collector = {
  name: "sysctl",
  enabled: false,
  create: ({ sysctl: { include, includeInfo } }) => {
    return (host, out) => {
      for (const entry of include) numeric(host, out, parse(entry));
      for (const entry of includeInfo) info(host, out, parse(entry));
      return "collected";
    };
  },
};

interface Entry {
  readonly name: string;
  readonly keys: readonly string[];
}

function parse(entry: string): Entry {
  const [name = "", keys] = entry.split(":");
  return { name, keys: keys === undefined ? [] : keys.split(",") };
}

function valuesOf(host: Host, { name, keys }: Entry): readonly string[] {
  const values = words(needText(host.proc, `sys/${name.replaceAll(".", "/")}`));
  if (values.length === 0) throw new Error(`sysctl ${name} has no values`);
  if (keys.length > 0 && keys.length !== values.length) {
    throw new Error(`sysctl ${name} has ${values.length} values but ${keys.length} keys are given`);
  }
  return values;
}

function numeric(host: Host, out: Families, entry: Entry): void {
  const values = valuesOf(host, entry).map(parseNumber);
  const metric = `node_sysctl_${entry.name.replace(/[^a-zA-Z0-9_:]/g, "_")}`;
  const help = `Setting ${entry.name} of the kernel.`;
  values.forEach((value, index) => {
    const key = entry.keys[index];
    if (key !== undefined) out.untyped(`${metric}_${key.replace(/[^a-zA-Z0-9_:]/g, "_")}`, help).add(value);
    else out.untyped(metric, help).add(value, values.length === 1 ? "" : labelText({ index: String(index) }));
  });
}

function info(host: Host, out: Families, entry: Entry): void {
  const family = out.gauge("node_sysctl_info", "Settings of the kernel as text; always 1.");
  valuesOf(host, entry).forEach((value, index) => {
    family.add(1, labelText({ name: entry.name, value, index: entry.keys[index] ?? String(index) }));
  });
}
