import { type Families, labelText } from "../families.ts";
import type { CgroupStats, CpuStats, DeviceIo, MemoryStats } from "./cgroup.ts";
import type { Container } from "./container.ts";
import type { MetricKind } from "./metric-kinds.ts";

/** What there is to say about one cgroup. */
export interface ContainerReading {
  readonly container: Container;
  readonly stats: CgroupStats;
  /** Text of its /proc/<pid>/net/dev, for a container with a network of its own and for the root. */
  readonly network: string | undefined;
  /** Number of processes by the letter of their state in /proc/<pid>/stat; undefined where nobody counted. */
  readonly states: ReadonlyMap<string, number> | undefined;
  readonly processes: number;
}

/** What is the same for all cgroups of a scrape. */
export interface ScrapeFacts {
  readonly kinds: ReadonlySet<MetricKind>;
  readonly nowSeconds: number;
  /** `8:0` → `/dev/sda`. */
  readonly devices: ReadonlyMap<string, string>;
}

type Add = (name: string, value: number, more?: Readonly<Record<string, string>>) => void;

/** Writes the series of one cgroup, named and labelled as cAdvisor does. */
export function writeContainer(out: Families, reading: ContainerReading, facts: ScrapeFacts): void {
  const { container, stats } = reading;
  const base = { ...container.labels, id: container.id };
  const plain = labelText(base);
  const add =
    (type: "counter" | "gauge"): Add =>
    (name, value, more) =>
      out[type](name, help(name)).add(value, more ? labelText({ ...base, ...more }) : plain);
  const [counter, gauge] = [add("counter"), add("gauge")];
  const has = (kind: MetricKind) => facts.kinds.has(kind);

  gauge("container_last_seen", Math.floor(facts.nowSeconds));
  gauge("container_start_time_seconds", Math.floor(container.createdSeconds ?? 0));
  if (stats.cpu) writeSpec(gauge, stats.cpu);
  if (stats.memory) {
    gauge("container_spec_memory_limit_bytes", stats.memory.limit);
    gauge("container_spec_memory_swap_limit_bytes", stats.memory.swapLimit);
    gauge("container_spec_memory_reservation_limit_bytes", stats.memory.reservation);
  }
  if (stats.cpu && has("cpu")) writeCpu(counter, stats.cpu, has("percpu"));
  if (stats.memory && has("memory")) writeMemory(counter, gauge, stats.memory);
  if (has("diskIO")) for (const device of stats.io) writeIo(counter, device, facts.devices);
  if (has("network") && reading.network !== undefined) writeNetwork(counter, reading.network);
  if (has("cpuLoad") && reading.states) writeStates(gauge, reading.states);
  if (has("oom_event") && stats.oomKills !== undefined) counter("container_oom_events_total", stats.oomKills);
  if (has("process")) {
    gauge("container_processes", reading.processes);
    if (stats.pids) {
      gauge("container_threads", stats.pids.current);
      gauge("container_threads_max", stats.pids.max ?? 0);
    }
  }
}

function writeSpec(gauge: Add, cpu: CpuStats): void {
  gauge("container_spec_cpu_period", cpu.periodMicros);
  gauge("container_spec_cpu_shares", cpu.shares);
  if (cpu.quotaMicros !== 0) gauge("container_spec_cpu_quota", cpu.quotaMicros);
}

function writeCpu(counter: Add, cpu: CpuStats, perCpu: boolean): void {
  counter("container_cpu_user_seconds_total", cpu.user);
  counter("container_cpu_system_seconds_total", cpu.system);
  if (perCpu && cpu.perCpu.length > 0) {
    cpu.perCpu.forEach((seconds, index) => {
      if (seconds > 0) counter("container_cpu_usage_seconds_total", seconds, { cpu: `cpu${pad(index)}` });
    });
  } else {
    counter("container_cpu_usage_seconds_total", cpu.usage, { cpu: "total" });
  }
  if (cpu.quotaMicros === 0) return;
  counter("container_cpu_cfs_periods_total", cpu.periods);
  counter("container_cpu_cfs_throttled_periods_total", cpu.throttledPeriods);
  counter("container_cpu_cfs_throttled_seconds_total", cpu.throttled);
}

function writeMemory(counter: Add, gauge: Add, memory: MemoryStats): void {
  gauge("container_memory_cache", memory.cache);
  gauge("container_memory_rss", memory.rss);
  gauge("container_memory_kernel_usage", memory.kernel);
  gauge("container_memory_mapped_file", memory.mappedFile);
  gauge("container_memory_swap", memory.swap);
  counter("container_memory_failcnt", memory.failcnt);
  gauge("container_memory_usage_bytes", memory.usage);
  gauge("container_memory_max_usage_bytes", memory.maxUsage);
  gauge("container_memory_working_set_bytes", Math.max(0, memory.usage - memory.inactiveFile));
  gauge("container_memory_total_active_file_bytes", memory.activeFile);
  gauge("container_memory_total_inactive_file_bytes", memory.inactiveFile);
  for (const scope of ["container", "hierarchy"]) {
    counter("container_memory_failures_total", memory.pageFaults, { failure_type: "pgfault", scope });
    counter("container_memory_failures_total", memory.majorPageFaults, { failure_type: "pgmajfault", scope });
  }
}

function writeIo(counter: Add, io: DeviceIo, devices: ReadonlyMap<string, string>): void {
  const { major, minor } = io;
  const device = devices.get(`${major}:${minor}`) ?? "";
  counter("container_fs_reads_bytes_total", io.bytes.get("Read") ?? 0, { device });
  counter("container_fs_writes_bytes_total", io.bytes.get("Write") ?? 0, { device });
  counter("container_fs_reads_total", io.operations.get("Read") ?? 0, { device });
  counter("container_fs_writes_total", io.operations.get("Write") ?? 0, { device });
  for (const [operation, bytes] of io.bytes) {
    counter("container_blkio_device_usage_total", bytes, { device, major, minor, operation });
  }
}

/** Columns of /proc/net/dev. */
const columns = [
  ["receive_bytes", 0],
  ["receive_packets", 1],
  ["receive_errors", 2],
  ["receive_packets_dropped", 3],
  ["transmit_bytes", 8],
  ["transmit_packets", 9],
  ["transmit_errors", 10],
  ["transmit_packets_dropped", 11],
] as const;

function writeNetwork(counter: Add, text: string): void {
  for (const line of text.split("\n").slice(2)) {
    const colon = line.lastIndexOf(":");
    const name = line.slice(0, colon).trim();
    if (colon < 0 || /^(lo|veth|docker|nerdctl)/.test(name)) continue;
    const values = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/);
    for (const [metric, column] of columns) {
      counter(`container_network_${metric}_total`, Number(values[column] ?? 0), { interface: name });
    }
  }
}

/** State of cAdvisor → letters of the kernel. */
const taskStates = { sleeping: "SI", running: "R", stopped: "Tt", uninterruptible: "D", iowaiting: "" };

function writeStates(gauge: Add, states: ReadonlyMap<string, number>): void {
  for (const [state, letters] of Object.entries(taskStates)) {
    const count = [...letters].reduce((sum, letter) => sum + (states.get(letter) ?? 0), 0);
    gauge("container_tasks_state", count, { state });
  }
}

function help(name: string): string {
  return `Of the container: ${name.replace(/^container_/, "").replaceAll("_", " ")}.`;
}

function pad(index: number): string {
  return String(index).padStart(2, "0");
}
