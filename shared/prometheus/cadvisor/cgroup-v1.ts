import type { FileTree } from "../unix/host.ts";
import { tryNumber, tryText, words } from "../unix/read.ts";
import { type Cgroups, type CpuStats, type DeviceIo, fieldsOf, limitOf, type MemoryStats } from "./cgroup.ts";
import { directoriesBelow } from "./walk.ts";

const ticksPerSecond = 100;

/** The hierarchies of version 1 below `root` of `sys`, one for each controller or pair of them. */
export function createCgroupsV1(sys: FileTree, root: string): Cgroups {
  const mounted = sys.listDirectories(root) ?? [];
  const controller = (name: string, path: string) => {
    const directory = mounted.find((entry) => entry.split(",").includes(name)) ?? name;
    return path === "/" ? `${root}/${directory}` : `${root}/${directory}${path}`;
  };

  return {
    paths: (max) => directoriesBelow(sys, controller("memory", "/"), max),
    read(path) {
      const cpu = cpuOf(sys, controller("cpuacct", path), controller("cpu", path));
      const memory = memoryOf(sys, controller("memory", path));
      if (!cpu && !memory) return undefined;
      const pids = controller("pids", path);
      const current = tryNumber(sys, `${pids}/pids.current`);
      const oom = fieldsOf(tryText(sys, `${controller("memory", path)}/memory.oom_control`) ?? "");
      return {
        cpu,
        memory,
        io: ioOf(sys, controller("blkio", path)),
        pids: current === undefined ? undefined : { current, max: tryNumber(sys, `${pids}/pids.max`) },
        oomKills: oom.get("oom_kill"),
      };
    },
    processes: (path) => words(tryText(sys, `${controller("memory", path)}/cgroup.procs`) ?? ""),
    created(path) {
      const directory = controller("memory", path);
      return sys.modified(`${directory}/cgroup.clone_children`) ?? sys.modified(directory);
    },
  };
}

function cpuOf(sys: FileTree, account: string, limits: string): CpuStats | undefined {
  const nanoseconds = tryNumber(sys, `${account}/cpuacct.usage`);
  if (nanoseconds === undefined) return undefined;
  const ticks = fieldsOf(tryText(sys, `${account}/cpuacct.stat`) ?? "");
  const throttling = fieldsOf(tryText(sys, `${limits}/cpu.stat`) ?? "");
  const perCpu = words(tryText(sys, `${account}/cpuacct.usage_percpu`) ?? "");
  return {
    usage: nanoseconds / 1e9,
    user: (ticks.get("user") ?? 0) / ticksPerSecond,
    system: (ticks.get("system") ?? 0) / ticksPerSecond,
    perCpu: perCpu.map((value) => Number(value) / 1e9),
    periods: throttling.get("nr_periods") ?? 0,
    throttledPeriods: throttling.get("nr_throttled") ?? 0,
    throttled: (throttling.get("throttled_time") ?? 0) / 1e9,
    shares: tryNumber(sys, `${limits}/cpu.shares`) ?? 0,
    periodMicros: tryNumber(sys, `${limits}/cpu.cfs_period_us`) ?? 0,
    quotaMicros: Math.max(0, tryNumber(sys, `${limits}/cpu.cfs_quota_us`) ?? 0),
  };
}

function memoryOf(sys: FileTree, directory: string): MemoryStats | undefined {
  const number = (file: string) => tryNumber(sys, `${directory}/memory.${file}`);
  const usage = number("usage_in_bytes");
  if (usage === undefined) return undefined;
  const stat = fieldsOf(tryText(sys, `${directory}/memory.stat`) ?? "");
  const total = number("use_hierarchy") === 1 ? "total_" : "";
  const field = (name: string) => stat.get(name) ?? 0;
  return {
    usage,
    maxUsage: number("max_usage_in_bytes") ?? 0,
    cache: field(`${total}cache`),
    rss: field(`${total}rss`),
    mappedFile: field(`${total}mapped_file`),
    swap: field(`${total}swap`),
    kernel: number("kmem.usage_in_bytes") ?? 0,
    activeFile: field("total_active_file"),
    inactiveFile: field("total_inactive_file"),
    failcnt: number("failcnt") ?? 0,
    pageFaults: field("pgfault"),
    majorPageFaults: field("pgmajfault"),
    limit: limitOf(number("limit_in_bytes")),
    swapLimit: limitOf(number("memsw.limit_in_bytes")),
    reservation: limitOf(number("soft_limit_in_bytes")),
  };
}

/** By the scheduler where it keeps them, else by the throttling layer, which every device has. */
function ioOf(sys: FileTree, directory: string): DeviceIo[] {
  const devices = new Map<string, { bytes: Map<string, number>; operations: Map<string, number> }>();
  for (const [kind, names] of [
    ["bytes", ["io_service_bytes_recursive", "throttle.io_service_bytes_recursive", "throttle.io_service_bytes"]],
    ["operations", ["io_serviced_recursive", "throttle.io_serviced_recursive", "throttle.io_serviced"]],
  ] as const) {
    const texts = names.map((name) => tryText(sys, `${directory}/blkio.${name}`) ?? "");
    const text = texts.find((each) => /^\d+:\d+ /.test(each)) ?? "";
    for (const line of text.split("\n")) {
      const [device = "", operation = "", value] = words(line);
      if (value === undefined) continue;
      const known = devices.get(device) ?? { bytes: new Map(), operations: new Map() };
      known[kind].set(operation, Number(value));
      devices.set(device, known);
    }
  }
  return [...devices].map(([device, { bytes, operations }]) => {
    const [major = "", minor = ""] = device.split(":");
    return { major, minor, bytes, operations };
  });
}
