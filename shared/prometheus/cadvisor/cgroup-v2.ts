import type { FileTree } from "../unix/host.ts";
import { tryNumber, tryText, words } from "../unix/read.ts";
import { type Cgroups, type CpuStats, type DeviceIo, fieldsOf, limitOf, type MemoryStats } from "./cgroup.ts";
import { directoriesBelow } from "./walk.ts";

const defaultPeriodMicros = 100_000;

/** The unified hierarchy at `root` of `sys`; the root's memory, which it does not have, comes from /proc/meminfo. */
export function createCgroupsV2(sys: FileTree, proc: FileTree, root: string): Cgroups {
  const within = (path: string) => (path === "/" ? root : `${root}${path}`);

  return {
    paths: (max) => directoriesBelow(sys, root, max),
    read(path) {
      const directory = within(path);
      const stat = tryText(sys, `${directory}/cpu.stat`);
      const memory = path === "/" ? rootMemory(sys, proc, directory) : memoryOf(sys, directory);
      if (stat === undefined && !memory) return undefined;
      const events = fieldsOf(tryText(sys, `${directory}/memory.events`) ?? "");
      const current = tryNumber(sys, `${directory}/pids.current`);
      return {
        cpu: stat === undefined ? undefined : cpuOf(sys, directory, fieldsOf(stat)),
        memory,
        io: ioOf(tryText(sys, `${directory}/io.stat`) ?? ""),
        pids: current === undefined ? undefined : { current, max: tryNumber(sys, `${directory}/pids.max`) },
        oomKills: events.get("oom_kill"),
      };
    },
    processes: (path) => words(tryText(sys, `${within(path)}/cgroup.procs`) ?? ""),
    created: (path) => sys.modified(`${within(path)}/cgroup.events`) ?? sys.modified(within(path)),
  };
}

function cpuOf(sys: FileTree, directory: string, stat: ReadonlyMap<string, number>): CpuStats {
  const seconds = (field: string) => (stat.get(field) ?? 0) / 1e6;
  const weight = tryNumber(sys, `${directory}/cpu.weight`);
  const [quota = "max", period = String(defaultPeriodMicros)] = words(tryText(sys, `${directory}/cpu.max`) ?? "");
  return {
    usage: seconds("usage_usec"),
    user: seconds("user_usec"),
    system: seconds("system_usec"),
    perCpu: [],
    periods: stat.get("nr_periods") ?? 0,
    throttledPeriods: stat.get("nr_throttled") ?? 0,
    throttled: seconds("throttled_usec"),
    // Weights 1…10000 stand for shares 2…262144, as container runtimes convert them.
    shares: weight === undefined ? 0 : Math.trunc(2 + ((weight - 1) * 262_142) / 9999),
    periodMicros: Number(period),
    quotaMicros: quota === "max" ? 0 : Number(quota),
  };
}

function memoryOf(sys: FileTree, directory: string): MemoryStats | undefined {
  const usage = tryNumber(sys, `${directory}/memory.current`);
  if (usage === undefined) return undefined;
  return {
    ...statOf(sys, directory),
    usage,
    maxUsage: tryNumber(sys, `${directory}/memory.peak`) ?? 0,
    swap: tryNumber(sys, `${directory}/memory.swap.current`) ?? 0,
    limit: limitOf(tryNumber(sys, `${directory}/memory.max`)),
    swapLimit: limitOf(tryNumber(sys, `${directory}/memory.swap.max`)),
    reservation: limitOf(tryNumber(sys, `${directory}/memory.min`)),
  };
}

function rootMemory(sys: FileTree, proc: FileTree, directory: string): MemoryStats | undefined {
  const meminfo = proc.read("meminfo");
  if (meminfo === undefined) return undefined;
  const bytes = (field: string) => Number(new RegExp(`^${field}: +(\\d+)`, "m").exec(meminfo)?.[1] ?? 0) * 1024;
  const usage = bytes("MemTotal") - bytes("MemFree");
  const swap = bytes("SwapTotal") - bytes("SwapFree");
  return { ...statOf(sys, directory), usage, maxUsage: 0, swap, limit: 0, swapLimit: 0, reservation: 0 };
}

type Stat = Omit<MemoryStats, "usage" | "maxUsage" | "swap" | "limit" | "swapLimit" | "reservation">;

function statOf(sys: FileTree, directory: string): Stat {
  const stat = fieldsOf(tryText(sys, `${directory}/memory.stat`) ?? "");
  const field = (name: string) => stat.get(name) ?? 0;
  return {
    cache: field("file"),
    rss: field("anon"),
    mappedFile: field("file_mapped"),
    kernel: field("kernel"),
    activeFile: field("active_file"),
    inactiveFile: field("inactive_file"),
    failcnt: 0,
    pageFaults: field("pgfault"),
    majorPageFaults: field("pgmajfault"),
  };
}

/** Lines such as `8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6`. */
function ioOf(text: string): DeviceIo[] {
  return text.split("\n").flatMap((line) => {
    const [device = "", ...pairs] = words(line);
    const [major, minor] = device.split(":");
    if (major === undefined || minor === undefined || pairs.length === 0) return [];
    const values = new Map(pairs.map((pair) => pair.split("=") as [string, string]));
    const pick = (read: string, write: string) =>
      new Map([
        ["Read", Number(values.get(read) ?? 0)],
        ["Write", Number(values.get(write) ?? 0)],
      ]);
    return [{ major, minor, bytes: pick("rbytes", "wbytes"), operations: pick("rios", "wios") }];
  });
}
