import { type Families, labelText } from "../families.ts";
import type { Host } from "./host.ts";
import type { Matcher, UnixOptions } from "./options.ts";
import { needText, words } from "./read.ts";

/** Label of node_cpu_info → field of /proc/cpuinfo. */
const fields = {
  package: "physical id",
  core: "core id",
  cpu: "processor",
  vendor: "vendor_id",
  family: "cpu family",
  model: "model",
  model_name: "model name",
  microcode: "microcode",
  stepping: "stepping",
  cachesize: "cache size",
};

/** node_cpu_info, the frequencies that cpufreq would give, and the flags and bugs asked for, from /proc/cpuinfo. */
export function cpuInfo(host: Host, out: Families, options: UnixOptions): void {
  const cpus = parseCpuInfo(needText(host.proc, "cpuinfo"));
  const info = out.gauge("node_cpu_info", "What /proc/cpuinfo says about the CPU.");
  const frequency = out.gauge("node_cpu_frequency_hertz", "Frequency of the CPU.");
  for (const cpu of cpus) {
    const labels: Record<string, string> = {};
    for (const [label, field] of Object.entries(fields)) labels[label] = cpu.get(field) ?? "";
    info.add(1, labelText(labels));
    if (!options.cpufreq) continue;
    const { package: physical = "", core = "", cpu: number = "" } = labels;
    frequency.add(Number(cpu.get("cpu MHz") ?? 0) * 1e6, labelText({ package: physical, core, cpu: number }));
  }
  const [first] = cpus;
  named("flag", words(first?.get("flags") ?? ""), options.cpu.flagsInclude);
  named("bug", words(first?.get("bugs") ?? ""), options.cpu.bugsInclude);

  function named(kind: "flag" | "bug", names: readonly string[], include: Matcher | undefined): void {
    if (!include) return;
    const family = out.gauge(`node_cpu_${kind}_info`, `A ${kind} of the first CPU, from /proc/cpuinfo.`);
    for (const name of names) if (include(name)) family.add(1, labelText({ [kind]: name }));
  }
}

function parseCpuInfo(text: string): Map<string, string>[] {
  const cpus: Map<string, string>[] = [];
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim();
    if (name === "processor") cpus.push(new Map());
    cpus.at(-1)?.set(name, line.slice(colon + 1).trim());
  }
  return cpus;
}
