/** What a cgroup has used and may use; a part is undefined where its controller is absent. Times in seconds, sizes in bytes. */
export interface CgroupStats {
  readonly cpu: CpuStats | undefined;
  readonly memory: MemoryStats | undefined;
  readonly io: readonly DeviceIo[];
  readonly pids: { readonly current: number; readonly max: number | undefined } | undefined;
  readonly oomKills: number | undefined;
}

export interface CpuStats {
  readonly usage: number;
  readonly user: number;
  readonly system: number;
  /** By number of the CPU; empty where the kernel does not keep it. */
  readonly perCpu: readonly number[];
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttled: number;
  readonly shares: number;
  readonly periodMicros: number;
  /** 0: no limit. */
  readonly quotaMicros: number;
}

export interface MemoryStats {
  readonly usage: number;
  readonly maxUsage: number;
  readonly cache: number;
  readonly rss: number;
  readonly mappedFile: number;
  readonly swap: number;
  readonly kernel: number;
  readonly activeFile: number;
  readonly inactiveFile: number;
  readonly failcnt: number;
  readonly pageFaults: number;
  readonly majorPageFaults: number;
  /** 0: no limit. */
  readonly limit: number;
  readonly swapLimit: number;
  readonly reservation: number;
}

/** I/O of a block device since the cgroup began, by what was done: Read, Write, and what else the kernel tells apart. */
export interface DeviceIo {
  readonly major: string;
  readonly minor: string;
  readonly bytes: ReadonlyMap<string, number>;
  readonly operations: ReadonlyMap<string, number>;
}

/** A hierarchy of cgroups as the kernel serves it, version 1 or 2. */
export interface Cgroups {
  /** Paths of all cgroups from the root, `/` first, at most `max` of them. */
  paths(max: number): readonly string[];
  /** Undefined when the cgroup is gone. */
  read(path: string): CgroupStats | undefined;
  /** The processes in it, without those of cgroups below. */
  processes(path: string): readonly string[];
  /** When it was made, as far as the kernel tells; seconds since 1970. */
  created(path: string): number | undefined;
}

/** Limits above this mean that there is none. */
const maxLimit = 2 ** 62;

/** A limit as it is exported: 0 where there is none. */
export function limitOf(value: number | undefined): number {
  return value === undefined || value > maxLimit ? 0 : value;
}

/** The fields of a file of lines `name value`. */
export function fieldsOf(text: string): ReadonlyMap<string, number> {
  const fields = new Map<string, number>();
  for (const line of text.split("\n")) {
    const blank = line.indexOf(" ");
    if (blank > 0) fields.set(line.slice(0, blank), Number(line.slice(blank + 1)));
  }
  return fields;
}
