import { describe, expect, it } from "vitest";
import type { Cgroups } from "../../../shared/prometheus/cadvisor/cgroup.ts";
import { createCgroupsV1 } from "../../../shared/prometheus/cadvisor/cgroup-v1.ts";
import { createCgroupsV2 } from "../../../shared/prometheus/cadvisor/cgroup-v2.ts";
import { type ContainerGatherOptions, createContainerGather } from "../../../shared/prometheus/cadvisor/gather.ts";
import { selectKinds } from "../../../shared/prometheus/cadvisor/metric-kinds.ts";
import { type Files, fakeHost } from "../../support/prometheus/fake-host.ts";

const id = "0123456789abcdef".repeat(4);
const docker = {
  Id: id,
  Names: ["/web"],
  Image: "app:1",
  Created: 1_700_000_000,
  Labels: { "com.docker.compose.service": "web", secret: "x" },
};
const netDev =
  "Inter-| Receive\n face |bytes\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n  eth0: 648 8 1 2 0 0 0 0 90 3 4 5 0 0 0 0\n";
const proc: Files = {
  "proc/diskstats": "   8       0 sda 1 2 3\n",
  "proc/meminfo": "MemTotal: 1000 kB\nMemFree: 400 kB\nSwapTotal: 10 kB\nSwapFree: 4 kB\n",
  "proc/1/net/dev": netDev,
  "proc/77/net/dev": netDev,
  "proc/77/stat": "77 (a) b) S 1 1",
  "proc/78/stat": "78 (sh) R 1 1",
};

async function samples(cgroups: Cgroups, files: Files, over: Partial<ContainerGatherOptions> = {}): Promise<string[]> {
  const gather = createContainerGather({
    cgroups,
    proc: fakeHost(files).proc,
    kinds: selectKinds([], []),
    labels: { store: true, allowed: [] },
    dockerOnly: false,
    withoutRoot: false,
    prefixes: [],
    containers: async () => [docker],
    filesystems: async () => new Map([["/dev/sda1", { size: 100, free: 40, available: 30, files: 9, filesFree: 8 }]]),
    nowSeconds: () => 1_700_000_100.7,
    pause: async () => {},
    ...over,
  });
  return (await gather()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

describe("containers of cgroup v2", () => {
  const scope = `sys/fs/cgroup/system.slice/docker-${id}.scope`;
  const files: Files = {
    ...proc,
    "sys/fs/cgroup/cpu.stat": "usage_usec 5000000\nuser_usec 3000000\nsystem_usec 2000000\n",
    "sys/fs/cgroup/memory.stat": "anon 1\nfile 2\n",
    "sys/fs/cgroup/system.slice/memory.current": "9\n",
    [`${scope}/cpu.stat`]:
      "usage_usec 2500000\nuser_usec 1500000\nsystem_usec 1000000\nnr_periods 10\nnr_throttled 4\nthrottled_usec 500000\n",
    [`${scope}/cpu.max`]: "50000 100000\n",
    [`${scope}/cpu.weight`]: "39\n",
    [`${scope}/memory.current`]: "5000\n",
    [`${scope}/memory.peak`]: "6000\n",
    [`${scope}/memory.max`]: "max\n",
    [`${scope}/memory.stat`]:
      "anon 1000\nfile 2000\nfile_mapped 300\nactive_file 400\ninactive_file 1500\npgfault 70\npgmajfault 2\nkernel 50\n",
    [`${scope}/memory.swap.current`]: "10\n",
    [`${scope}/memory.events`]: "max 0\noom_kill 1\n",
    [`${scope}/io.stat`]: "8:0 rbytes=100 wbytes=200 rios=3 wios=4 dbytes=0 dios=0\n",
    [`${scope}/cgroup.procs`]: "77\n78\n",
    [`${scope}/pids.current`]: "5\n",
  };
  const cgroups = () => createCgroupsV2(fakeHost(files).sys, fakeHost(files).proc, "fs/cgroup");
  const of = (all: readonly string[]) =>
    all.filter((line) => line.includes(id)).map((line) => line.replace(/container_label_[^=]+="[^"]*",/g, ""));
  const base = `image="app:1",name="web",id="/system.slice/docker-${id}.scope"`;

  it("gives CPU, memory, I/O, network and states of a container of Docker", async () => {
    expect(of(await samples(cgroups(), files))).toEqual(
      [
        "container_last_seen{B} 1700000100",
        "container_start_time_seconds{B} 1700000000",
        "container_spec_cpu_period{B} 100000",
        "container_spec_cpu_shares{B} 998",
        "container_spec_memory_limit_bytes{B} 0",
        "container_spec_memory_swap_limit_bytes{B} 0",
        "container_spec_memory_reservation_limit_bytes{B} 0",
        "container_cpu_user_seconds_total{B} 1.5",
        "container_cpu_system_seconds_total{B} 1",
        'container_cpu_usage_seconds_total{B,cpu="total"} 2.5',
        "container_memory_cache{B} 2000",
        "container_memory_rss{B} 1000",
        "container_memory_kernel_usage{B} 50",
        "container_memory_mapped_file{B} 300",
        "container_memory_swap{B} 10",
        "container_memory_failcnt{B} 0",
        "container_memory_usage_bytes{B} 5000",
        "container_memory_max_usage_bytes{B} 6000",
        "container_memory_working_set_bytes{B} 3500",
        "container_memory_total_active_file_bytes{B} 400",
        "container_memory_total_inactive_file_bytes{B} 1500",
        'container_memory_failures_total{B,failure_type="pgfault",scope="container"} 70',
        'container_memory_failures_total{B,failure_type="pgmajfault",scope="container"} 2',
        'container_memory_failures_total{B,failure_type="pgfault",scope="hierarchy"} 70',
        'container_memory_failures_total{B,failure_type="pgmajfault",scope="hierarchy"} 2',
        'container_network_receive_bytes_total{B,interface="eth0"} 648',
        'container_network_receive_packets_total{B,interface="eth0"} 8',
        'container_network_receive_errors_total{B,interface="eth0"} 1',
        'container_network_receive_packets_dropped_total{B,interface="eth0"} 2',
        'container_network_transmit_bytes_total{B,interface="eth0"} 90',
        'container_network_transmit_packets_total{B,interface="eth0"} 3',
        'container_network_transmit_errors_total{B,interface="eth0"} 4',
        'container_network_transmit_packets_dropped_total{B,interface="eth0"} 5',
        "container_spec_cpu_quota{B} 50000",
        "container_cpu_cfs_periods_total{B} 10",
        "container_cpu_cfs_throttled_periods_total{B} 4",
        "container_cpu_cfs_throttled_seconds_total{B} 0.5",
        'container_fs_reads_bytes_total{B,device="/dev/sda"} 100',
        'container_fs_writes_bytes_total{B,device="/dev/sda"} 200',
        'container_fs_reads_total{B,device="/dev/sda"} 3',
        'container_fs_writes_total{B,device="/dev/sda"} 4',
        'container_blkio_device_usage_total{B,device="/dev/sda",major="8",minor="0",operation="Read"} 100',
        'container_blkio_device_usage_total{B,device="/dev/sda",major="8",minor="0",operation="Write"} 200',
        'container_tasks_state{B,state="sleeping"} 1',
        'container_tasks_state{B,state="running"} 1',
        'container_tasks_state{B,state="stopped"} 0',
        'container_tasks_state{B,state="uninterruptible"} 0',
        'container_tasks_state{B,state="iowaiting"} 0',
        "container_oom_events_total{B} 1",
      ].map((line) => line.replace("B", base)),
    );
  });

  it("has the root, whose memory is the machine's, and cgroups that are not containers", async () => {
    const all = await samples(cgroups(), files);
    expect(all).toContain('container_cpu_usage_seconds_total{id="/",cpu="total"} 5');
    expect(all).toContain('container_memory_usage_bytes{id="/"} 614400');
    expect(all).toContain('container_network_receive_bytes_total{id="/",interface="eth0"} 648');
    expect(all).toContain('container_memory_usage_bytes{id="/system.slice"} 9');
    expect(all).toContain('container_fs_limit_bytes{id="/",device="/dev/sda1"} 100');
    expect(all).toContain('container_fs_usage_bytes{id="/",device="/dev/sda1"} 60');
    expect(all).toContain("container_scrape_error 0");
  });

  it("keeps all labels, or those allowed", async () => {
    const labels = (all: readonly string[]) =>
      all.find((line) => line.startsWith("container_last_seen") && line.includes(id));
    expect(labels(await samples(cgroups(), files))).toContain('container_label_com_docker_compose_service="web"');
    const allowed = await samples(cgroups(), files, { labels: { store: false, allowed: ["secret"] } });
    expect(labels(allowed)).toContain('container_label_secret="x"');
    expect(labels(allowed)).not.toContain("compose");
  });

  it("leaves out what is not asked for", async () => {
    const all = await samples(cgroups(), files, {
      dockerOnly: true,
      withoutRoot: true,
      kinds: selectKinds(["network"], []),
    });
    expect(all.every((line) => line.includes(id) || line.startsWith("container_scrape_error"))).toBe(true);
    expect(all.some((line) => line.startsWith("container_network"))).toBe(true);
    expect(all.some((line) => /^container_(cpu|memory|fs|tasks)/.test(line))).toBe(false);
  });

  it("says that Docker did not answer, and gives the cgroups all the same", async () => {
    const all = await samples(cgroups(), files, { containers: async () => undefined });
    expect(all).toContain("container_scrape_error 1");
    expect(all).toContain(`container_memory_usage_bytes{id="/system.slice/docker-${id}.scope"} 5000`);
  });
});

describe("containers of cgroup v1", () => {
  const at = (controller: string, file: string) => `sys/fs/cgroup/${controller}/docker/${id}/${file}`;
  const files: Files = {
    ...proc,
    [at("memory", "memory.usage_in_bytes")]: "417792\n",
    [at("memory", "memory.max_usage_in_bytes")]: "3825664\n",
    [at("memory", "memory.use_hierarchy")]: "1\n",
    [at("memory", "memory.limit_in_bytes")]: "9223372036854771712\n",
    [at("memory", "memory.stat")]: "cache 1\ntotal_cache 10\ntotal_rss 20\ntotal_inactive_file 17792\npgfault 3\n",
    [at("memory", "memory.oom_control")]: "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
    [at("cpu,cpuacct", "cpuacct.usage")]: "32393467000\n",
    [at("cpu,cpuacct", "cpuacct.stat")]: "user 100\nsystem 50\n",
    [at("cpu,cpuacct", "cpuacct.usage_percpu")]: "1000000000 31393467000 0\n",
    [at("cpu,cpuacct", "cpu.shares")]: "1024\n",
    [at("cpu,cpuacct", "cpu.cfs_quota_us")]: "-1\n",
    [at("blkio", "blkio.throttle.io_service_bytes")]: "8:0 Read 5\n8:0 Write 6\n8:0 Total 11\nTotal 11\n",
  };
  const cgroups = () => createCgroupsV1(fakeHost(files).sys, "fs/cgroup");
  const value = (all: readonly string[], name: string) =>
    all.filter((line) => line.startsWith(`${name}{`)).map((line) => Number(line.slice(line.lastIndexOf(" ") + 1)));

  it("gives the same metrics, with the time of each CPU", async () => {
    const all = (await samples(cgroups(), files)).filter((line) => line.includes(id));
    expect(value(all, "container_cpu_usage_seconds_total")).toEqual([1, 31.393467]);
    expect(all.join("\n")).toContain('cpu="cpu01"} 31.393467');
    expect(value(all, "container_cpu_user_seconds_total")).toEqual([1]);
    expect(value(all, "container_memory_cache")).toEqual([10]);
    expect(value(all, "container_memory_working_set_bytes")).toEqual([400_000]);
    expect(value(all, "container_spec_memory_limit_bytes")).toEqual([0]);
    expect(value(all, "container_spec_cpu_quota")).toEqual([]);
    expect(value(all, "container_oom_events_total")).toEqual([2]);
    expect(value(all, "container_fs_reads_bytes_total")).toEqual([5]);
    expect(value(all, "container_blkio_device_usage_total")).toEqual([5, 6, 11]);
  });
});
