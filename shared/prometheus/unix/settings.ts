import { compileRe2 } from "../../re2/re2.ts";
import type { Matcher, NameFilter, UnixOptions } from "./options.ts";

/** Options as the user writes them: patterns in RE2 syntax, empty for none. */
export interface UnixSettings {
  readonly arp: Patterns;
  readonly cpu: {
    readonly guest: boolean;
    readonly info: boolean;
    readonly flagsInclude: string;
    readonly bugsInclude: string;
  };
  readonly disk: Patterns;
  readonly ethtool: Patterns & { readonly metricsInclude: string };
  readonly filesystem: {
    readonly mountPointsExclude: string;
    readonly fsTypesExclude: string;
    readonly mountTimeoutMs: number;
  };
  readonly hwmon: Patterns;
  readonly netclass: { readonly ignoredDevices: string; readonly ignoreInvalidSpeed: boolean };
  readonly netdev: Patterns & { readonly addressInfo: boolean };
  readonly netstatFields: string;
  readonly powersupplyIgnored: string;
  readonly sysctl: { readonly include: readonly string[]; readonly includeInfo: readonly string[] };
  readonly textfileDirectory: string;
  readonly vmstatFields: string;
}

interface Patterns {
  readonly exclude: string;
  readonly include: string;
}

/** Defaults of prometheus.exporter.unix in Grafana Alloy. */
export const defaultUnixSettings: UnixSettings = {
  arp: { exclude: "", include: "" },
  cpu: { guest: false, info: false, flagsInclude: "", bugsInclude: "" },
  disk: { exclude: "^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$", include: "" },
  ethtool: { exclude: "", include: "", metricsInclude: ".*" },
  filesystem: {
    mountPointsExclude: "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+)($|/)",
    fsTypesExclude:
      "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay" +
      "|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$",
    mountTimeoutMs: 5000,
  },
  hwmon: { exclude: "", include: "" },
  netclass: { ignoredDevices: "^$", ignoreInvalidSpeed: false },
  netdev: { exclude: "", include: "", addressInfo: false },
  netstatFields:
    "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)" +
    "|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts)" +
    "|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)" +
    "|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$",
  powersupplyIgnored: "^$",
  sysctl: { include: [], includeInfo: [] },
  textfileDirectory: "",
  vmstatFields: "^(oom_kill|pgpg|pswp|pg.*fault).*",
};

/** The options with their patterns compiled, or the first pattern that is not one, in Go's words. */
export type CompiledOptions =
  | { readonly kind: "options"; readonly options: UnixOptions }
  | { readonly kind: "rejected"; readonly message: string };

/** Compiles the patterns; `cpufreq` says whether that collector runs. */
export function compileOptions(settings: UnixSettings, cpufreq: boolean): CompiledOptions {
  let message: string | undefined;

  function matcher(pattern: string): Matcher | undefined {
    if (pattern === "") return undefined;
    const compiled = compileRe2(pattern);
    if (compiled.kind === "re2") return (text) => compiled.re2.test(text);
    message ??= compiled.message;
    return undefined;
  }

  function filter({ exclude, include }: Patterns): NameFilter {
    return { exclude: matcher(exclude), include: matcher(include) };
  }

  const { cpu, filesystem, netclass, netdev, sysctl } = settings;
  const options: UnixOptions = {
    arp: filter(settings.arp),
    cpu: {
      guest: cpu.guest,
      info: cpu.info || cpu.flagsInclude !== "" || cpu.bugsInclude !== "",
      flagsInclude: matcher(cpu.flagsInclude),
      bugsInclude: matcher(cpu.bugsInclude),
    },
    cpufreq,
    // A device that is included is never excluded by default.
    disk: filter(settings.disk.include === "" ? settings.disk : { ...settings.disk, exclude: "" }),
    ethtool: {
      devices: filter(settings.ethtool),
      metrics: matcher(settings.ethtool.metricsInclude) ?? (() => true),
    },
    filesystem: {
      mountPoints: { exclude: matcher(filesystem.mountPointsExclude) },
      types: { exclude: matcher(filesystem.fsTypesExclude) },
      mountTimeoutMs: filesystem.mountTimeoutMs,
    },
    hwmon: { chips: filter(settings.hwmon) },
    netclass: {
      devices: { exclude: matcher(netclass.ignoredDevices) },
      ignoreInvalidSpeed: netclass.ignoreInvalidSpeed,
    },
    netdev: { ...filter(netdev), addressInfo: netdev.addressInfo },
    netstat: { fields: matcher(settings.netstatFields) ?? (() => true) },
    powersupply: { exclude: matcher(settings.powersupplyIgnored) },
    sysctl,
    textfile: { directory: settings.textfileDirectory },
    vmstat: { fields: matcher(settings.vmstatFields) ?? (() => true) },
  };
  return message === undefined ? { kind: "options", options } : { kind: "rejected", message };
}
