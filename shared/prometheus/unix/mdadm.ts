import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { parseMdstat } from "./mdstat.ts";
import { needNumber } from "./read.ts";

const states = ["active", "inactive", "recovering", "resync", "check"];
/** What the states are called by the parser where it is another word. */
const words: Readonly<Record<string, string>> = { resync: "resyncing", check: "checking" };

/** node_md_*: software RAID, from /proc/mdstat and /sys/block. */
export const mdadm: Collector = {
  name: "mdadm",
  enabled: true,
  create: () => (host, out) => {
    const text = host.proc.read("mdstat");
    if (text === undefined) return "no data";
    const disks = out.gauge("node_md_disks", "Disks of the device by state.");
    const required = out.gauge("node_md_disks_required", "Disks that the device needs.");
    const state = out.gauge("node_md_state", "Whether the device is in this state.");
    const blocks = out.gauge("node_md_blocks", "Blocks of the device.");
    const synced = out.gauge("node_md_blocks_synced", "Blocks of the device that are in sync.");
    for (const array of parseMdstat(text)) {
      const { device } = array;
      const labels = labelText({ device });
      required.add(array.total, labels);
      disks.add(array.active, labelText({ device, state: "active" }));
      disks.add(array.failed, labelText({ device, state: "failed" }));
      disks.add(array.spare, labelText({ device, state: "spare" }));
      for (const name of states) {
        state.add(array.state === (words[name] ?? name) ? 1 : 0, labelText({ device, state: name }));
      }
      blocks.add(array.blocks, labels);
      synced.add(array.synced, labels);
    }
    for (const device of host.sys.list("block") ?? []) {
      if (!device.startsWith("md") || !host.sys.list(`block/${device}/md`)) continue;
      const labels = labelText({ device });
      const raidDisks = needNumber(host.sys, `block/${device}/md/raid_disks`);
      out.gauge("node_md_raid_disks", "Disks of the RAID.").add(raidDisks, labels);
      const degraded = host.sys.read(`block/${device}/md/degraded`);
      out.gauge("node_md_degraded", "Disks of the RAID that are missing.").add(Number(degraded ?? 0), labels);
    }
    return "collected";
  },
};
