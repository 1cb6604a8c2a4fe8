import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { tryText } from "./read.ts";

/** node_uname_info: what uname(2) says. */
export const uname: Collector = {
  name: "uname",
  enabled: true,
  create: () => (host, out) => {
    const { sysname, release, version, machine, nodename } = host.uname();
    const domainname = tryText(host.proc, "sys/kernel/domainname") ?? "(none)";
    out
      .gauge("node_uname_info", "What the system call uname says; always 1.")
      .add(1, labelText({ sysname, release, version, machine, nodename, domainname }));
    return "collected";
  },
};
