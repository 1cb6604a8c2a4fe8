import { existsSync } from "node:fs";
import type { Cgroups } from "../../prometheus/cadvisor/cgroup.ts";
import { createCgroupsV1 } from "../../prometheus/cadvisor/cgroup-v1.ts";
import { createCgroupsV2 } from "../../prometheus/cadvisor/cgroup-v2.ts";
import type { FileTree } from "../../prometheus/unix/host.ts";
import { createFileTree } from "./file-tree.ts";

/** The cgroups of this machine and its /proc: those of the host where its root is mounted at /rootfs. */
export function openCgroups(): { readonly cgroups: Cgroups; readonly proc: FileTree } {
  const root = existsSync("/rootfs/proc/1") ? "/rootfs" : "";
  const sys = createFileTree(`${root}/sys`);
  const proc = createFileTree(`${root}/proc`);
  const unified = existsSync(`${root}/sys/fs/cgroup/cgroup.controllers`);
  return { cgroups: unified ? createCgroupsV2(sys, proc, "fs/cgroup") : createCgroupsV1(sys, "fs/cgroup"), proc };
}
