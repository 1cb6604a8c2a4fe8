import { existsSync } from "node:fs";
import type { Cgroups } from "../../prometheus/cadvisor/cgroup.ts";
import { createCgroupsV1 } from "../../prometheus/cadvisor/cgroup-v1.ts";
import { createCgroupsV2 } from "../../prometheus/cadvisor/cgroup-v2.ts";
import type { FilesystemUsage, FileTree } from "../../prometheus/unix/host.ts";
import { parseMounts } from "../../prometheus/unix/mounts.ts";
import { createFileTree } from "./file-tree.ts";
import { createUsage } from "./usage.ts";

/** What a machine gives about its containers and disks. */
export interface ContainerHost {
  readonly cgroups: Cgroups;
  readonly proc: FileTree;
  /** Usage of each disk that is mounted, by its device. */
  filesystems(): Promise<ReadonlyMap<string, FilesystemUsage>>;
}

const mountTimeoutMs = 5000;

/** The cgroups of this machine, its /proc and its disks: those of the host where its root is mounted at /rootfs. */
export function openCgroups(): ContainerHost {
  const root = existsSync("/rootfs/proc/1") ? "/rootfs" : "";
  const sys = createFileTree(`${root}/sys`);
  const proc = createFileTree(`${root}/proc`);
  const unified = existsSync(`${root}/sys/fs/cgroup/cgroup.controllers`);
  const usage = createUsage(root);
  return {
    cgroups: unified ? createCgroupsV2(sys, proc, "fs/cgroup") : createCgroupsV1(sys, "fs/cgroup"),
    proc,
    async filesystems() {
      const found = new Map<string, FilesystemUsage>();
      for (const { device, mountPoint } of parseMounts(proc.read("1/mountinfo") ?? "", root)) {
        if (!device.startsWith("/dev/") || found.has(device)) continue;
        const answer = await usage(mountPoint, mountTimeoutMs);
        if (answer.kind === "usage") found.set(device, answer.usage);
      }
      return found;
    },
  };
}
