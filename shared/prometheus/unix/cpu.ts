import { type Families, labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { cpuInfo } from "./cpu-info.ts";
import { cpuModes, createCpuSeconds } from "./cpu-seconds.ts";
import type { Host } from "./host.ts";
import { needText, numbered, readText, tryNumber } from "./read.ts";

const guest = cpuModes.indexOf("guest");

/** node_cpu_*: seconds per mode, throttling, isolation, which CPUs are online; information where asked for. */
export const cpu: Collector = {
  name: "cpu",
  enabled: true,
  create: (options) => {
    const secondsOf = createCpuSeconds();
    const labels = new Map<string, readonly string[]>();
    return (host, out) => {
      if (options.cpu.info) cpuInfo(host, out, options);
      const total = out.counter("node_cpu_seconds_total", "Seconds that each CPU spent in each mode.");
      const guests = options.cpu.guest
        ? out.counter("node_cpu_guest_seconds_total", "Seconds that each CPU spent in guests, in each mode.")
        : undefined;
      for (const [number, seconds] of secondsOf(needText(host.proc, "stat"))) {
        const texts = labels.get(number) ?? cpuModes.map((mode) => labelText({ cpu: number, mode }));
        labels.set(number, texts);
        for (let mode = 0; mode < guest; mode += 1) total.add(seconds[mode] ?? 0, texts[mode]);
        // Guest modes go by the name of the mode that they are also part of: user and nice.
        guests?.add(seconds[guest] ?? 0, texts[0]);
        guests?.add(seconds[guest + 1] ?? 0, texts[1]);
      }
      isolated(host, out);
      throttles(host, out);
      online(host, out);
      return "collected";
    };
  },
};

function isolated(host: Host, out: Families): void {
  const family = out.gauge("node_cpu_isolated", "Whether the CPU is isolated from the scheduler.");
  for (const cpu of cpuRange(readText(host.sys, "devices/system/cpu/isolated") ?? "")) {
    family.add(1, labelText({ cpu: String(cpu) }));
  }
}

function throttles(host: Host, out: Families): void {
  const packages = new Map<string, number>();
  const cores = new Map<string, number>();
  for (const cpu of numbered(host.sys, "devices/system/cpu", "cpu")) {
    const path = `devices/system/cpu/${cpu}`;
    const id = tryNumber(host.sys, `${path}/topology/physical_package_id`);
    const core = tryNumber(host.sys, `${path}/topology/core_id`);
    if (id === undefined || core === undefined) continue;
    const coreLabels = labelText({ package: String(id), core: String(core) });
    const packageLabels = labelText({ package: String(id) });
    if (!cores.has(coreLabels)) {
      const count = tryNumber(host.sys, `${path}/thermal_throttle/core_throttle_count`);
      if (count !== undefined) cores.set(coreLabels, count);
    }
    if (!packages.has(packageLabels)) {
      const count = tryNumber(host.sys, `${path}/thermal_throttle/package_throttle_count`);
      if (count !== undefined) packages.set(packageLabels, count);
    }
  }
  const perPackage = out.counter("node_cpu_package_throttles_total", "Times that the CPU package was throttled.");
  for (const [labels, count] of packages) perPackage.add(count, labels);
  const perCore = out.counter("node_cpu_core_throttles_total", "Times that the CPU core was throttled.");
  for (const [labels, count] of cores) perCore.add(count, labels);
}

function online(host: Host, out: Families): void {
  const cpus = numbered(host.sys, "devices/system/cpu", "cpu");
  const [first] = cpus;
  if (first === undefined || tryNumber(host.sys, `devices/system/cpu/${first}/online`) === undefined) return;
  const family = out.gauge("node_cpu_online", "Whether the CPU is online.");
  for (const cpu of cpus) {
    const value = tryNumber(host.sys, `devices/system/cpu/${cpu}/online`);
    family.add(value === 1 ? 1 : 0, labelText({ cpu: cpu.slice("cpu".length) }));
  }
}

/** The numbers of a list of the kernel such as `0-2,5`; at most 8192 of them. */
export function cpuRange(list: string): number[] {
  const cpus: number[] = [];
  for (const part of list.split(",")) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (!match) continue;
    const last = Number(match[2] ?? match[1]);
    for (let cpu = Number(match[1]); cpu <= last && cpus.length < 8192; cpu += 1) cpus.push(cpu);
  }
  return cpus;
}
