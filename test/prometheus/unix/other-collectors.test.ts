import { describe, expect, it } from "vitest";
import { collect, fakeHost } from "../../support/prometheus/fake-host.ts";

describe("collectors of /proc that do not run by default", () => {
  it("processes counts states and survives a process that ends meanwhile", async () => {
    const stat = (name: string, state: string, threads: number) =>
      `1 (${name}) ${state} 1 1 1 0 -1 4194304 1 1 1 1 1 1 1 1 20 0 ${threads} 0 9`;
    const host = fakeHost({
      "proc/1/stat": stat("a) b", "S", 2),
      "proc/1/task/1/stat": stat("a", "S", 2),
      "proc/1/task/5/stat": stat("a", "R", 2),
      "proc/7/status": "gone",
      "proc/sys/kernel/threads-max": "100\n",
      "proc/sys/kernel/pid_max": "200\n",
    });
    expect(await collect("processes", host)).toEqual([
      "node_processes_threads 2",
      "node_processes_max_threads 100",
      'node_processes_state{state="S"} 1',
      'node_processes_threads_state{thread_state="S"} 1',
      'node_processes_threads_state{thread_state="R"} 1',
      "node_processes_pids 1",
      "node_processes_max_processes 200",
    ]);
  });

  it("sysctl gives numbers by key or index, and texts", async () => {
    const host = fakeHost({
      "proc/sys/vm/swappiness": "60\n",
      "proc/sys/net/ipv4/tcp_rmem": "4096\t131072\t6291456\n",
      "proc/sys/kernel/seccomp/actions_avail": "kill trap\n",
    });
    const sysctl = {
      include: ["vm.swappiness", "net.ipv4.tcp_rmem:min,default,max", "net.ipv4.tcp_rmem"],
      includeInfo: ["kernel.seccomp.actions_avail"],
    };
    expect(await collect("sysctl", host, { sysctl })).toEqual([
      "node_sysctl_vm_swappiness 60",
      "node_sysctl_net_ipv4_tcp_rmem_min 4096",
      "node_sysctl_net_ipv4_tcp_rmem_default 131072",
      "node_sysctl_net_ipv4_tcp_rmem_max 6291456",
      'node_sysctl_net_ipv4_tcp_rmem{index="0"} 4096',
      'node_sysctl_net_ipv4_tcp_rmem{index="1"} 131072',
      'node_sysctl_net_ipv4_tcp_rmem{index="2"} 6291456',
      'node_sysctl_info{name="kernel.seccomp.actions_avail",value="kill",index="0"} 1',
      'node_sysctl_info{name="kernel.seccomp.actions_avail",value="trap",index="1"} 1',
    ]);
    const bad = { include: ["vm.swappiness:a,b"], includeInfo: [] };
    await expect(collect("sysctl", host, { sysctl: bad })).rejects.toThrow("has 1 values but 2 keys");
  });

  it("xfs gives the operations of each file system", async () => {
    const host = fakeHost({
      "sys/fs/xfs/stats/stats": "",
      "sys/fs/xfs/sda1/stats/stats": "extent_alloc 1 2 3 4\nrw 28 5\nunknown 1\n",
    });
    expect(await collect("xfs", host)).toEqual([
      'node_xfs_extent_allocation_extents_allocated_total{device="sda1"} 1',
      'node_xfs_extent_allocation_blocks_allocated_total{device="sda1"} 2',
      'node_xfs_extent_allocation_extents_freed_total{device="sda1"} 3',
      'node_xfs_extent_allocation_blocks_freed_total{device="sda1"} 4',
      'node_xfs_write_calls_total{device="sda1"} 28',
      'node_xfs_read_calls_total{device="sda1"} 5',
    ]);
  });
});
