import type { Collected, Collector } from "./collector.ts";
import type { Host } from "./host.ts";
import { UnsupportedCollector } from "./unsupported-collector.ts";

interface Unsupported {
  readonly name: string;
  readonly enabled: boolean;
  /** Whether the machine has what the collector is about; without it the answer is node_exporter's. */
  readonly present?: (host: Host) => boolean;
  readonly otherwise?: Collected;
  readonly why: string;
}

const system = "it needs system calls that are not available without native code";
const notWritten = "it is not built in";

const rows: readonly Unsupported[] = [
  { name: "bcache", enabled: true, present: inSys("fs/bcache"), otherwise: "collected", why: notWritten },
  { name: "bcachefs", enabled: true, present: inSys("fs/bcachefs"), otherwise: "no data", why: notWritten },
  { name: "btrfs", enabled: true, present: inSys("fs/btrfs", /-/), otherwise: "collected", why: notWritten },
  { name: "drbd", enabled: false, why: notWritten },
  { name: "drm", enabled: false, why: notWritten },
  { name: "fibrechannel", enabled: true, present: inSys("class/fc_host"), otherwise: "no data", why: notWritten },
  { name: "infiniband", enabled: true, present: inSys("class/infiniband"), otherwise: "no data", why: notWritten },
  { name: "ipvs", enabled: true, present: inProc("net/ip_vs"), otherwise: "no data", why: notWritten },
  { name: "lnstat", enabled: false, why: notWritten },
  { name: "logind", enabled: false, why: system },
  { name: "meminfo_numa", enabled: false, why: notWritten },
  { name: "mountstats", enabled: false, why: notWritten },
  { name: "network_route", enabled: false, why: system },
  { name: "nfs", enabled: true, present: inProc("net/rpc/nfs"), otherwise: "no data", why: notWritten },
  { name: "nfsd", enabled: true, present: inProc("net/rpc/nfsd"), otherwise: "no data", why: notWritten },
  { name: "ntp", enabled: false, why: notWritten },
  { name: "pcidevice", enabled: false, why: notWritten },
  { name: "perf", enabled: false, why: system },
  { name: "qdisc", enabled: false, why: system },
  { name: "runit", enabled: false, why: notWritten },
  { name: "supervisord", enabled: false, why: notWritten },
  { name: "systemd", enabled: false, why: system },
  { name: "tapestats", enabled: true, present: inSys("class/scsi_tape"), otherwise: "no data", why: notWritten },
  { name: "timex", enabled: true, why: system },
  { name: "wifi", enabled: false, why: system },
  { name: "xfrm", enabled: false, why: notWritten },
  { name: "zfs", enabled: true, present: inProc("spl/kstat/zfs"), otherwise: "no data", why: notWritten },
  { name: "zoneinfo", enabled: false, why: notWritten },
];

/** The collectors of node_exporter that cannot work here: they fail with their reason where there is something to collect. */
export const unsupported: readonly Collector[] = rows.map(({ name, enabled, present, otherwise, why }) => ({
  name,
  enabled,
  create: () => (host) => {
    if (present && otherwise && !present(host)) return otherwise;
    throw new UnsupportedCollector(why);
  },
}));

function inSys(path: string, name = /./) {
  return (host: Host) => (host.sys.list(path) ?? []).some((entry) => name.test(entry));
}

function inProc(path: string) {
  return (host: Host) => host.proc.list(path) !== undefined || host.proc.modified(path) !== undefined;
}
