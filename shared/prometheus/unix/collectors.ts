import { arp } from "./arp.ts";
import { bonding } from "./bonding.ts";
import { buddyinfo } from "./buddyinfo.ts";
import type { Collector } from "./collector.ts";
import { conntrack } from "./conntrack.ts";
import { cpu } from "./cpu.ts";
import { cpufreq } from "./cpufreq.ts";
import { diskstats } from "./diskstats.ts";
import { dmi } from "./dmi.ts";
import { edac } from "./edac.ts";
import { entropy } from "./entropy.ts";
import { ethtool } from "./ethtool.ts";
import { filefd } from "./filefd.ts";
import { filesystem } from "./filesystem.ts";
import { hwmon } from "./hwmon.ts";
import { interrupts } from "./interrupts.ts";
import { kernelHung } from "./kernel-hung.ts";
import { ksmd } from "./ksmd.ts";
import { loadavg } from "./loadavg.ts";
import { mdadm } from "./mdadm.ts";
import { meminfo } from "./meminfo.ts";
import { netclass } from "./netclass.ts";
import { netdev } from "./netdev.ts";
import { netstat } from "./netstat.ts";
import { nvme } from "./nvme.ts";
import { os } from "./os.ts";
import { powersupplyclass } from "./powersupplyclass.ts";
import { pressure } from "./pressure.ts";
import { processes } from "./processes.ts";
import { rapl } from "./rapl.ts";
import { schedstat } from "./schedstat.ts";
import { selinux } from "./selinux.ts";
import { slabinfo } from "./slabinfo.ts";
import { sockstat } from "./sockstat.ts";
import { softirqs } from "./softirqs.ts";
import { softnet } from "./softnet.ts";
import { stat } from "./stat.ts";
import { swap } from "./swap.ts";
import { sysctl } from "./sysctl.ts";
import { tcpstat } from "./tcpstat.ts";
import { textfile } from "./textfile.ts";
import { thermalZone } from "./thermal-zone.ts";
import { time } from "./time.ts";
import { udpQueues } from "./udp-queues.ts";
import { uname } from "./uname.ts";
import { unsupported } from "./unsupported.ts";
import { vmstat } from "./vmstat.ts";
import { watchdog } from "./watchdog.ts";
import { xfs } from "./xfs.ts";

const built: readonly Collector[] = [
  arp,
  bonding,
  buddyinfo,
  conntrack,
  cpu,
  cpufreq,
  diskstats,
  dmi,
  edac,
  entropy,
  ethtool,
  filefd,
  filesystem,
  hwmon,
  interrupts,
  kernelHung,
  ksmd,
  loadavg,
  mdadm,
  meminfo,
  netclass,
  netdev,
  netstat,
  nvme,
  os,
  powersupplyclass,
  pressure,
  processes,
  rapl,
  schedstat,
  selinux,
  slabinfo,
  sockstat,
  softirqs,
  softnet,
  stat,
  swap,
  sysctl,
  tcpstat,
  textfile,
  thermalZone,
  time,
  udpQueues,
  uname,
  vmstat,
  watchdog,
  xfs,
];

/** Every collector that node_exporter 1.11 has on Linux, sorted by name. */
export const collectors: readonly Collector[] = [...built, ...unsupported].sort((a, b) => (a.name < b.name ? -1 : 1));

/** Names as the arguments of prometheus.exporter.unix give them. */
export interface CollectorNames {
  readonly set: readonly string[];
  readonly enable: readonly string[];
  readonly disable: readonly string[];
}

/**
 * The collectors that run: those of `set`, or the default ones without it; then what `enable` adds, then what `disable`
 * takes away. `unknown` are names that node_exporter does not have.
 */
export function selectCollectors(names: CollectorNames): {
  readonly selected: readonly Collector[];
  readonly unknown: readonly string[];
} {
  const known = new Set(collectors.map(({ name }) => name));
  const selected = collectors.filter(({ name, enabled }) => {
    const base = names.set.length > 0 ? names.set.includes(name) : enabled;
    return (base || names.enable.includes(name)) && !names.disable.includes(name);
  });
  const unknown = [...names.set, ...names.enable, ...names.disable].filter((name) => !known.has(name));
  return { selected, unknown: [...new Set(unknown)] };
}
