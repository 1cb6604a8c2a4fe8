import { readFileSync } from "node:fs";
import { hostname, machine, networkInterfaces, release, type, version } from "node:os";
import type { Host, InterfaceAddress } from "../../prometheus/unix/host.ts";
import { createFileTree } from "./file-tree.ts";
import { runProgram } from "./run-program.ts";
import { timeZone } from "./time-zone.ts";
import { createUsage } from "./usage.ts";

/** Where a host's file systems are mounted here: /proc, /sys, / and /run/udev/data unless they are a container's mounts. */
export interface HostPaths {
  readonly procfs: string;
  readonly sysfs: string;
  readonly rootfs: string;
  readonly udevData: string;
}

/** The machine that this process runs on, seen through the given paths. */
export function createHost(paths: HostPaths): Host {
  const root = createFileTree(paths.rootfs);
  return {
    proc: createFileTree(paths.procfs),
    sys: createFileTree(paths.sysfs),
    root,
    udev: createFileTree(paths.udevData),
    local: createFileTree("/"),
    pageSize: pageSize(),
    usage: createUsage(root.root),
    run: runProgram,
    addresses,
    now: () => Date.now() / 1000,
    zone: () => timeZone(new Date()),
    uname: () => ({
      sysname: type(),
      release: release(),
      version: version(),
      machine: machine(),
      nodename: hostname(),
    }),
  };
}

function addresses(): InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([device, entries = []]) =>
    entries.map(({ address, cidr }) => ({ device, address, prefixLength: Number(cidr?.split("/")[1] ?? 0) })),
  );
}

/** AT_PAGESZ of the auxiliary vector: pairs of 64-bit words. */
function pageSize(): number {
  const fallback = 4096;
  try {
    const vector = readFileSync("/proc/self/auxv");
    for (let at = 0; at + 16 <= vector.length; at += 16) {
      if (vector.readBigUInt64LE(at) === 6n) return Number(vector.readBigUInt64LE(at + 8));
    }
    return fallback;
  } catch {
    return fallback;
  }
}
