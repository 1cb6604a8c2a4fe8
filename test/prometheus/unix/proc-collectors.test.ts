import { describe, expect, it } from "vitest";
import { collect, type Files, fakeHost } from "../../support/prometheus/fake-host.ts";

const cases: readonly { name: string; title: string; files: Files; samples: readonly string[] }[] = [
  {
    name: "loadavg",
    title: "gives three averages",
    files: { "proc/loadavg": "0.21 0.37 0.39 1/719 19737\n" },
    samples: ["node_load1 0.21", "node_load5 0.37", "node_load15 0.39"],
  },
  {
    name: "stat",
    title: "reads its fields wherever they are",
    files: {
      "proc/stat":
        "cpu  1 2 3\nintr 8885917 17 0\nctxt 38014093\nbtime 1418183276\nprocesses 26442\nprocs_running 2\nprocs_blocked 1\n",
    },
    samples: [
      "node_intr_total 8885917",
      "node_context_switches_total 38014093",
      "node_forks_total 26442",
      "node_boot_time_seconds 1418183276",
      "node_procs_running 2",
      "node_procs_blocked 1",
    ],
  },
  {
    name: "meminfo",
    title: "turns kB into bytes, keeps counts of pages and leaves out what node_exporter does not know",
    files: { "proc/meminfo": "MemTotal:  3831959 kB\nActive(anon):  7 kB\nHugePages_Total: 3\nUnknown:  1 kB\n" },
    samples: [
      "node_memory_MemTotal_bytes 3923926016",
      "node_memory_Active_anon_bytes 7168",
      "node_memory_HugePages_Total 3",
    ],
  },
  {
    name: "vmstat",
    title: "takes the default fields",
    files: { "proc/vmstat": "nr_free_pages 1\npgpgin 7344136\npswpin 1476\npgfault 2320168809\noom_kill 0\n" },
    samples: [
      "node_vmstat_pgpgin 7344136",
      "node_vmstat_pswpin 1476",
      "node_vmstat_pgfault 2320168809",
      "node_vmstat_oom_kill 0",
    ],
  },
  {
    name: "netstat",
    title: "joins three files and selects fields",
    files: {
      "proc/net/netstat": "TcpExt: SyncookiesSent PruneCalled\nTcpExt: 5 9\n",
      "proc/net/snmp": "Tcp: ActiveOpens MaxConn\nTcp: 3556 -1\nUdpLite: InErrors\nUdpLite: 0\n",
      "proc/net/snmp6": "Ip6InReceives 7\nIp6InOctets 460\nIcmp6InMsgs 0\n",
    },
    samples: [
      "node_netstat_TcpExt_SyncookiesSent 5",
      "node_netstat_Tcp_ActiveOpens 3556",
      "node_netstat_UdpLite_InErrors 0",
      "node_netstat_Ip6_InOctets 460",
      "node_netstat_Icmp6_InMsgs 0",
    ],
  },
  {
    name: "sockstat",
    title: "gives memory in pages and in bytes, and inuse even where the kernel does not",
    files: {
      "proc/net/sockstat": "sockets: used 229\nTCP: inuse 4 orphan 0 tw 4 alloc 17 mem 1\nFRAG: memory 2\n",
      "proc/net/sockstat6": "TCP6: inuse 17\n",
    },
    samples: [
      "node_sockstat_sockets_used 229",
      "node_sockstat_TCP_inuse 4",
      "node_sockstat_TCP_orphan 0",
      "node_sockstat_TCP_tw 4",
      "node_sockstat_TCP_alloc 17",
      "node_sockstat_TCP_mem 1",
      "node_sockstat_TCP_mem_bytes 4096",
      "node_sockstat_FRAG_memory 2",
      "node_sockstat_FRAG_inuse 0",
      "node_sockstat_TCP6_inuse 17",
    ],
  },
  {
    name: "softnet",
    title: "numbers CPUs by their column, or by the line on old kernels",
    files: { "proc/net/softnet_stat": "0000000a 1 2 0 0 0 0 0 3 4 5 6 7\n00000010 0 0 0 0 0 0 0 0\n" },
    samples: [
      'node_softnet_processed_total{cpu="7"} 10',
      'node_softnet_processed_total{cpu="1"} 16',
      'node_softnet_dropped_total{cpu="7"} 1',
      'node_softnet_dropped_total{cpu="1"} 0',
      'node_softnet_times_squeezed_total{cpu="7"} 2',
      'node_softnet_times_squeezed_total{cpu="1"} 0',
      'node_softnet_cpu_collision_total{cpu="7"} 3',
      'node_softnet_cpu_collision_total{cpu="1"} 0',
      'node_softnet_received_rps_total{cpu="7"} 4',
      'node_softnet_received_rps_total{cpu="1"} 0',
      'node_softnet_flow_limit_count_total{cpu="7"} 5',
      'node_softnet_flow_limit_count_total{cpu="1"} 0',
      'node_softnet_backlog_len{cpu="7"} 6',
      'node_softnet_backlog_len{cpu="1"} 0',
    ],
  },
  {
    name: "filefd",
    title: "takes the first and the third number",
    files: { "proc/sys/fs/file-nr": "1024\t0\t1631329\n" },
    samples: ["node_filefd_allocated 1024", "node_filefd_maximum 1631329"],
  },
  {
    name: "pressure",
    title: "leaves out what a resource does not have",
    files: {
      "proc/pressure/cpu":
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=14036781\nfull avg10=0 avg60=0 avg300=0 total=1\n",
      "proc/pressure/memory":
        "some avg10=0 avg60=0 avg300=0 total=2000000\nfull avg10=0 avg60=0 avg300=0 total=1000000\n",
      "proc/pressure/irq": "full avg10=0 avg60=0 avg300=0 total=500000\n",
    },
    samples: [
      "node_pressure_cpu_waiting_seconds_total 14.036781",
      "node_pressure_memory_waiting_seconds_total 2",
      "node_pressure_memory_stalled_seconds_total 1",
      "node_pressure_irq_stalled_seconds_total 0.5",
    ],
  },
  {
    name: "pressure",
    title: "has no data where the kernel was started without it",
    files: { "proc/pressure/cpu": new Error("EOPNOTSUPP") },
    samples: ["no data"],
  },
  {
    name: "conntrack",
    title: "adds up the CPUs by the names of the columns",
    files: {
      "proc/sys/net/netfilter/nf_conntrack_count": "123\n",
      "proc/sys/net/netfilter/nf_conntrack_max": "65536\n",
      "proc/net/stat/nf_conntrack": "entries found invalid drop\n0000007b 00000001 0000000a 00000002\n0000007b 1 1 1\n",
    },
    samples: [
      "node_nf_conntrack_entries 123",
      "node_nf_conntrack_entries_limit 65536",
      "node_nf_conntrack_stat_found 2",
      "node_nf_conntrack_stat_invalid 11",
      "node_nf_conntrack_stat_ignore 0",
      "node_nf_conntrack_stat_insert 0",
      "node_nf_conntrack_stat_insert_failed 0",
      "node_nf_conntrack_stat_drop 3",
      "node_nf_conntrack_stat_early_drop 0",
      "node_nf_conntrack_stat_search_restart 0",
    ],
  },
  {
    name: "conntrack",
    title: "has no data where the module is not loaded",
    files: { "proc/stat": "" },
    samples: ["no data"],
  },
  {
    name: "arp",
    title: "counts the entries of each device",
    files: {
      "proc/net/arp":
        "IP address HW type Flags HW address Mask Device\n10.0.0.1 0x1 0x2 aa * eth0\n10.0.0.2 0x1 0x2 ab * eth0\n",
    },
    samples: ['node_arp_entries{device="eth0"} 2'],
  },
  {
    name: "udp_queues",
    title: "adds up the queues and goes on without IPv6",
    files: {
      "proc/net/udp":
        "  sl  local_address rem_address   st tx_queue rx_queue\n  0: 0A:0045 00:0000 07 00000015:00000000 00:0 0\n" +
        "  1: 0A:0046 00:0000 07 00000001:0000000A 00:0 0\n",
    },
    samples: ['node_udp_queues{queue="tx",ip="v4"} 22', 'node_udp_queues{queue="rx",ip="v4"} 10'],
  },
  {
    name: "schedstat",
    title: "gives seconds",
    files: { "proc/schedstat": "version 15\ncpu0 498494191 0 1 2 3 4 2045936778163 343796328169361 4767485306\n" },
    samples: [
      'node_schedstat_running_seconds_total{cpu="0"} 2045.936778163',
      'node_schedstat_waiting_seconds_total{cpu="0"} 343796.328169361',
      'node_schedstat_timeslices_total{cpu="0"} 4767485306',
    ],
  },
];

describe("collectors of /proc", () => {
  it.each(cases)("$name $title", async ({ name, files, samples }) => {
    expect(await collect(name, fakeHost(files))).toEqual(samples);
  });

  it("fail when what they need is missing", async () => {
    const host = fakeHost({});
    await expect(collect("meminfo", host)).rejects.toThrow("/proc/meminfo is missing");
    await expect(collect("loadavg", fakeHost({ "proc/loadavg": "a b c" }))).rejects.toThrow('not a number: "a"');
  });
});

describe("cpu", () => {
  const stat = (idle: number, iowait: number) => `cpu  0 0 0 0\ncpu0 1000 200 300 ${idle} ${iowait} 6 7 8 9 10\n`;

  it("gives seconds per mode, and guests where asked for", async () => {
    const host = fakeHost({ "proc/stat": stat(50_000, 500) });
    const cpu = { guest: true, info: false, flagsInclude: "", bugsInclude: "" };
    expect(await collect("cpu", host, { cpu })).toEqual([
      'node_cpu_seconds_total{cpu="0",mode="user"} 10',
      'node_cpu_seconds_total{cpu="0",mode="nice"} 2',
      'node_cpu_seconds_total{cpu="0",mode="system"} 3',
      'node_cpu_seconds_total{cpu="0",mode="idle"} 500',
      'node_cpu_seconds_total{cpu="0",mode="iowait"} 5',
      'node_cpu_seconds_total{cpu="0",mode="irq"} 0.06',
      'node_cpu_seconds_total{cpu="0",mode="softirq"} 0.07',
      'node_cpu_seconds_total{cpu="0",mode="steal"} 0.08',
      'node_cpu_guest_seconds_total{cpu="0",mode="user"} 0.09',
      'node_cpu_guest_seconds_total{cpu="0",mode="nice"} 0.1',
    ]);
  });

  it("tells throttling once for each core and package, isolated CPUs and which are online", async () => {
    const files: Record<string, string> = { "proc/stat": "", "sys/devices/system/cpu/isolated": "1,3-4\n" };
    for (const cpu of [0, 1]) {
      const path = `sys/devices/system/cpu/cpu${cpu}`;
      files[`${path}/topology/physical_package_id`] = "0\n";
      files[`${path}/topology/core_id`] = "0\n";
      files[`${path}/thermal_throttle/core_throttle_count`] = "5\n";
      files[`${path}/thermal_throttle/package_throttle_count`] = "30\n";
      files[`${path}/online`] = cpu === 0 ? "1\n" : "0\n";
    }
    expect(await collect("cpu", fakeHost(files))).toEqual([
      'node_cpu_isolated{cpu="1"} 1',
      'node_cpu_isolated{cpu="3"} 1',
      'node_cpu_isolated{cpu="4"} 1',
      'node_cpu_package_throttles_total{package="0"} 30',
      'node_cpu_core_throttles_total{package="0",core="0"} 5',
      'node_cpu_online{cpu="0"} 1',
      'node_cpu_online{cpu="1"} 0',
    ]);
  });

  it("gives information, flags and frequencies where asked for", async () => {
    const host = fakeHost({
      "proc/stat": "",
      "proc/cpuinfo":
        "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t: 142\nmodel name\t: i7\nstepping\t: 10\n" +
        "microcode\t: 0xb4\ncpu MHz\t\t: 799.998\ncache size\t: 8192 KB\nphysical id\t: 0\ncore id\t: 0\nflags\t: fpu aes avx\n",
    });
    const cpu = { guest: false, info: false, flagsInclude: "^a", bugsInclude: "" };
    expect(await collect("cpu", host, { cpu })).toEqual([
      'node_cpu_info{package="0",core="0",cpu="0",vendor="GenuineIntel",family="6",model="142",model_name="i7",' +
        'microcode="0xb4",stepping="10",cachesize="8192 KB"} 1',
      'node_cpu_frequency_hertz{package="0",core="0",cpu="0"} 799998000',
      'node_cpu_flag_info{flag="aes"} 1',
      'node_cpu_flag_info{flag="avx"} 1',
    ]);
  });
});
