import type { Collector } from "./collector.ts";
import { tryNumber } from "./read.ts";

const modes: Readonly<Record<string, number>> = { enforcing: 1, permissive: 0, disabled: -1 };

/** node_selinux_*: whether SELinux runs, and its modes. */
export const selinux: Collector = {
  name: "selinux",
  enabled: true,
  create: () => (host, out) => {
    const mode = tryNumber(host.sys, "fs/selinux/enforce");
    out.gauge("node_selinux_enabled", "Whether SELinux is on.").add(mode === undefined ? 0 : 1);
    if (mode === undefined) return "collected";
    const configured = /^SELINUX=(\w+)/m.exec(host.root.read("etc/selinux/config") ?? "")?.[1] ?? "";
    out.gauge("node_selinux_config_mode", "The mode in the configuration.").add(modes[configured] ?? -1);
    out.gauge("node_selinux_current_mode", "The mode in force.").add(mode);
    return "collected";
  },
};
