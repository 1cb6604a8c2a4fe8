/** Modes of a `cpuN` line of /proc/stat, in their order there. */
export const cpuModes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"];

const idle = 3;
/** An idle time that falls by more than this many seconds means that the CPU was unplugged and came back. */
const hotplugSeconds = 3;
const ticksPerSecond = 100;

/**
 * Seconds per CPU and mode of /proc/stat, kept from going backwards: the kernel's iowait and idle do that now and then,
 * and a counter that falls looks like a restart.
 */
export function createCpuSeconds(): (stat: string) => ReadonlyMap<string, readonly number[]> {
  const seen = new Map<string, number[]>();
  return (stat) => {
    const present = new Set<string>();
    for (const line of stat.split("\n")) {
      const match = /^cpu(\d+) +(.*)$/.exec(line);
      if (!match) continue;
      const cpu = match[1] ?? "";
      present.add(cpu);
      const ticks = (match[2] ?? "").split(" ");
      const before = seen.get(cpu) ?? [];
      const values = cpuModes.map((_, index) => Number(ticks[index] ?? 0) / ticksPerSecond);
      const replugged = (before[idle] ?? 0) - (values[idle] ?? 0) >= hotplugSeconds;
      seen.set(cpu, replugged ? values : values.map((value, index) => Math.max(value, before[index] ?? 0)));
    }
    for (const cpu of seen.keys()) if (!present.has(cpu)) seen.delete(cpu);
    return seen;
  };
}
