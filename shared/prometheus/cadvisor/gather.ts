import type { JsonObject } from "../../discovery/json.ts";
import { createFamilies, type Families, labelText } from "../families.ts";
import { type FilesystemUsage, type FileTree, ReadError } from "../unix/host.ts";
import type { CgroupStats, Cgroups } from "./cgroup.ts";
import { type Container, type ContainerLabels, createContainerLookup } from "./container.ts";
import { type ContainerReading, writeContainer } from "./container-metrics.ts";
import type { MetricKind } from "./metric-kinds.ts";

/** What a scrape of containers looks at. */
export interface ContainerGatherOptions {
  readonly cgroups: Cgroups;
  readonly proc: FileTree;
  readonly kinds: ReadonlySet<MetricKind>;
  readonly labels: ContainerLabels;
  /** Only containers of Docker, and the root. */
  readonly dockerOnly: boolean;
  readonly withoutRoot: boolean;
  /** With `dockerOnly`, other cgroups whose paths begin with one of these. */
  readonly prefixes: readonly string[];
  /** Running containers as Docker lists them; undefined when it does not answer. */
  readonly containers: () => Promise<readonly JsonObject[] | undefined>;
  /** Usage of the machine's disks by device, for the root. */
  readonly filesystems: () => Promise<ReadonlyMap<string, FilesystemUsage>>;
  readonly nowSeconds: () => number;
  readonly pause: () => Promise<void>;
}

const maxCgroups = 5000;
const maxCountedProcesses = 512;
const pauseEvery = 50;

/** Gives the series of all cgroups as exposition text. Never rejects; `container_scrape_error` is 1 when something failed. */
export function createContainerGather(options: ContainerGatherOptions): () => Promise<string> {
  const { cgroups, proc, kinds } = options;
  return async () => {
    const out = createFamilies();
    const listed = await options.containers();
    const lookup = createContainerLookup(listed ?? [], options.labels);
    const facts = { kinds, nowSeconds: options.nowSeconds(), devices: devicesOf(proc) };
    let failed = listed === undefined;
    let seen = 0;
    for (const path of cgroups.paths(maxCgroups)) {
      const known = lookup(path);
      if (!isWanted(path, known !== undefined, options)) continue;
      try {
        const stats = cgroups.read(path);
        if (!stats) continue;
        const container: Container = {
          id: path,
          labels: known?.labels ?? {},
          createdSeconds: known?.createdSeconds ?? cgroups.created(path),
          isContainer: known !== undefined,
        };
        writeContainer(out, readingOf(container, stats, { cgroups, proc, kinds }), facts);
      } catch (error) {
        if (!(error instanceof ReadError)) throw error;
        failed = true;
      }
      seen += 1;
      if (seen % pauseEvery === 0) await options.pause();
    }
    if (kinds.has("disk") && !options.withoutRoot) writeFilesystems(out, await options.filesystems());
    out.gauge("container_scrape_error", "1 when some of the containers could not be read, else 0.").add(failed ? 1 : 0);
    return out.text();
  };
}

/** Only the root has them: what a container keeps on a disk would have to be counted file by file. */
function writeFilesystems(out: Families, filesystems: ReadonlyMap<string, FilesystemUsage>): void {
  for (const [device, { size, free, files, filesFree }] of filesystems) {
    const labels = labelText({ id: "/", device });
    out.gauge("container_fs_limit_bytes", "Size of the file system.").add(size, labels);
    out.gauge("container_fs_usage_bytes", "Used part of the file system.").add(size - free, labels);
    out.gauge("container_fs_inodes_total", "Inodes of the file system.").add(files, labels);
    out.gauge("container_fs_inodes_free", "Free inodes of the file system.").add(filesFree, labels);
  }
}

function isWanted(path: string, isContainer: boolean, options: ContainerGatherOptions): boolean {
  if (path === "/") return !options.withoutRoot;
  return isContainer || !options.dockerOnly || options.prefixes.some((prefix) => path.startsWith(prefix));
}

function readingOf(
  container: Container,
  stats: CgroupStats,
  { cgroups, proc, kinds }: Pick<ContainerGatherOptions, "cgroups" | "proc" | "kinds">,
): ContainerReading {
  const isRoot = container.id === "/";
  const inner =
    container.isContainer && ["network", "cpuLoad", "process"].some((kind) => kinds.has(kind as MetricKind));
  const processes = inner || kinds.has("process") ? cgroups.processes(container.id) : [];
  const [first] = processes;
  const pid = isRoot ? "1" : container.isContainer ? first : undefined;
  return {
    container,
    stats,
    network: pid !== undefined && kinds.has("network") ? quietly(() => proc.read(`${pid}/net/dev`)) : undefined,
    states: container.isContainer && kinds.has("cpuLoad") ? statesOf(proc, processes) : undefined,
    processes: processes.length,
  };
}

function statesOf(proc: FileTree, processes: readonly string[]): Map<string, number> {
  const states = new Map<string, number>();
  for (const pid of processes.slice(0, maxCountedProcesses)) {
    const stat = quietly(() => proc.read(`${pid}/stat`)) ?? "";
    // The name stands in parentheses and may hold some itself.
    const state = stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
    if (state !== "") states.set(state, (states.get(state) ?? 0) + 1);
  }
  return states;
}

/** A process may be gone before it is read. */
function quietly(read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReadError) return undefined;
    throw error;
  }
}

function devicesOf(proc: FileTree): Map<string, string> {
  const devices = new Map<string, string>();
  for (const line of (proc.read("diskstats") ?? "").split("\n")) {
    const [major, minor, name] = line.trim().split(/\s+/);
    if (name !== undefined) devices.set(`${major}:${minor}`, `/dev/${name}`);
  }
  return devices;
}
