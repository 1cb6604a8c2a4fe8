import type { Collector } from "./collector.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

/** Fields of /proc/meminfo in kB that node_exporter 1.11 exports. */
const known = new Set(
  (
    "Active Active(anon) Active(file) AnonHugePages AnonPages Bounce Buffers Cached CmaFree CmaTotal CommitLimit " +
    "Committed_AS DirectMap1G DirectMap2M DirectMap4k Dirty HardwareCorrupted Hugepagesize Inactive Inactive(anon) " +
    "Inactive(file) KernelStack Mapped MemAvailable MemFree MemTotal Mlocked NFS_Unstable PageTables Percpu " +
    "SReclaimable SUnreclaim Shmem ShmemHugePages ShmemPmdMapped Slab SwapCached SwapFree SwapTotal Unevictable " +
    "VmallocChunk VmallocTotal VmallocUsed Writeback WritebackTmp Zswap Zswapped " +
    "HugePages_Free HugePages_Rsvd HugePages_Surp HugePages_Total"
  ).split(" "),
);

/** node_memory_*: /proc/meminfo, sizes in bytes. */
export const meminfo: Collector = {
  name: "meminfo",
  enabled: true,
  create: () => (host, out) => {
    for (const line of lines(needText(host.proc, "meminfo"))) {
      const [field = "", value = "", unit] = words(line);
      const name = field.slice(0, -1);
      if (!known.has(name)) continue;
      const metric = name.replace("(", "_").replace(")", "");
      const inBytes = unit === "kB";
      out
        .gauge(`node_memory_${metric}${inBytes ? "_bytes" : ""}`, `Memory information field ${metric}.`)
        .add(parseNumber(value) * (inBytes ? 1024 : 1));
    }
    return "collected";
  },
};
