import { describe, expect, it } from "vitest";
import { collect, type Files, fakeHost } from "../../support/prometheus/fake-host.ts";

const cases: readonly { name: string; title: string; files: Files; samples: readonly string[] }[] = [
  {
    name: "netclass",
    title: "reads decimal and hexadecimal files and the state",
    files: {
      "sys/class/net/eth0/operstate": "up\n",
      "sys/class/net/eth0/flags": "0x1003\n",
      "sys/class/net/eth0/address": "01:02:03\n",
      "sys/class/net/eth0/mtu": "1500\n",
      "sys/class/net/eth0/speed": "1000\n",
      "sys/class/net/eth0/duplex": new Error("EINVAL"),
      "sys/class/net/eth0/carrier_changes": "2\n",
      "sys/class/net/bonding_masters": "bond0\n",
    },
    samples: [
      'node_network_up{device="eth0"} 1',
      'node_network_info{device="eth0",address="01:02:03",broadcast="",duplex="",operstate="up",adminstate="up",ifalias=""} 1',
      'node_network_flags{device="eth0"} 4099',
      'node_network_mtu_bytes{device="eth0"} 1500',
      'node_network_carrier_changes_total{device="eth0"} 2',
      'node_network_speed_bytes{device="eth0"} 125000000',
    ],
  },
  {
    name: "thermal_zone",
    title: "skips a zone that cannot be read and keeps the other",
    files: {
      "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
      "sys/class/thermal/thermal_zone0/temp": "12376\n",
      "sys/class/thermal/thermal_zone1/type": "bad\n",
      "sys/class/thermal/thermal_zone1/temp": new Error("ENODATA"),
      "sys/class/thermal/cooling_device0/type": "Processor\n",
      "sys/class/thermal/cooling_device0/cur_state": "-1\n",
      "sys/class/thermal/cooling_device0/max_state": "27\n",
    },
    samples: [
      'node_thermal_zone_temp{zone="0",type="cpu-thermal"} 12.376',
      'node_cooling_device_cur_state{name="0",type="Processor"} -1',
      'node_cooling_device_max_state{name="0",type="Processor"} 27',
    ],
  },
  {
    name: "cpufreq",
    title: "gives hertz and marks the governor, without CPUs that are offline",
    files: {
      "sys/devices/system/cpu/offline": "1\n",
      "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "1219917\n",
      "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
      "sys/devices/system/cpu/cpu0/cpufreq/scaling_available_governors": "performance powersave\n",
      "sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "1\n",
    },
    samples: [
      'node_cpu_scaling_frequency_hertz{cpu="0"} 1219917000',
      'node_cpu_scaling_governor{cpu="0",governor="performance"} 0',
      'node_cpu_scaling_governor{cpu="0",governor="powersave"} 1',
    ],
  },
  {
    name: "edac",
    title: "counts errors by controller and row",
    files: Object.fromEntries(
      ["ce_count", "ce_noinfo_count", "ue_count", "ue_noinfo_count", "csrow0/ce_count", "csrow0/ue_count"].map(
        (file, index) => [`sys/devices/system/edac/mc/mc0/${file}`, `${index + 1}\n`],
      ),
    ),
    samples: [
      'node_edac_correctable_errors_total{controller="0"} 1',
      'node_edac_uncorrectable_errors_total{controller="0"} 3',
      'node_edac_csrow_correctable_errors_total{controller="0",csrow="unknown"} 2',
      'node_edac_csrow_correctable_errors_total{controller="0",csrow="0"} 5',
      'node_edac_csrow_uncorrectable_errors_total{controller="0",csrow="unknown"} 4',
      'node_edac_csrow_uncorrectable_errors_total{controller="0",csrow="0"} 6',
    ],
  },
  {
    name: "nvme",
    title: "describes devices and namespaces",
    files: {
      ...Object.fromEntries(
        ["firmware_rev", "model", "serial", "state", "cntlid"].map((file) => [
          `sys/class/nvme/nvme0/${file}`,
          `${file} \n`,
        ]),
      ),
      "sys/class/nvme/nvme0/nvme0c0n2/nuse": "10\n",
      "sys/class/nvme/nvme0/nvme0c0n2/size": "100\n",
      "sys/class/nvme/nvme0/nvme0c0n2/queue/logical_block_size": "4096\n",
      "sys/class/nvme/nvme0/nvme0c0n2/ana_state": "optimized\n",
    },
    samples: [
      'node_nvme_info{device="nvme0",firmware_revision="firmware_rev",model="model",serial="serial",state="state",cntlid="cntlid"} 1',
      'node_nvme_namespace_info{device="nvme0",nsid="2",ana_state="optimized"} 1',
      'node_nvme_namespace_capacity_bytes{device="nvme0",nsid="2"} 409600',
      'node_nvme_namespace_size_bytes{device="nvme0",nsid="2"} 409600',
      'node_nvme_namespace_used_bytes{device="nvme0",nsid="2"} 40960',
      'node_nvme_namespace_logical_block_size_bytes{device="nvme0",nsid="2"} 4096',
    ],
  },
  {
    name: "powersupplyclass",
    title: "scales millionths and tenths",
    files: {
      "sys/class/power_supply/BAT0/capacity": "98\n",
      "sys/class/power_supply/BAT0/voltage_now": "12229000\n",
      "sys/class/power_supply/BAT0/temp": "305\n",
      "sys/class/power_supply/BAT0/status": "Discharging\n",
      "sys/class/power_supply/BAT0/type": "Battery\n",
    },
    samples: [
      'node_power_supply_capacity{power_supply="BAT0"} 98',
      'node_power_supply_temp_celsius{power_supply="BAT0"} 30.5',
      'node_power_supply_voltage_volt{power_supply="BAT0"} 12.229',
      'node_power_supply_info{power_supply="BAT0",status="Discharging",type="Battery"} 1',
    ],
  },
  {
    name: "rapl",
    title: "takes the index from the name or counts zones of one name",
    files: {
      "sys/class/powercap/intel-rapl:0/name": "package-0\n",
      "sys/class/powercap/intel-rapl:0/energy_uj": "240422366267\n",
      "sys/class/powercap/intel-rapl:0:0/name": "dram\n",
      "sys/class/powercap/intel-rapl:0:0/energy_uj": "1000000\n",
      "sys/class/powercap/intel-rapl:1:0/name": "dram\n",
      "sys/class/powercap/intel-rapl:1:0/energy_uj": "2000000\n",
    },
    samples: [
      'node_rapl_package_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0"} 240422.366267',
      'node_rapl_dram_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0:0"} 1',
      'node_rapl_dram_joules_total{index="1",path="/sys/class/powercap/intel-rapl:1:0"} 2',
    ],
  },
  {
    name: "rapl",
    title: "has no data where only root may read the energy",
    files: {
      "sys/class/powercap/intel-rapl:0/name": "package-0\n",
      "sys/class/powercap/intel-rapl:0/energy_uj": new Error("EACCES"),
    },
    samples: ["no data"],
  },
  {
    name: "bonding",
    title: "counts slaves and those that are up",
    files: {
      "sys/class/net/bonding_masters": "bond0\n",
      "sys/class/net/bond0/bonding/slaves": "eth0 eth1\n",
      "sys/class/net/bond0/lower_eth0/bonding_slave/mii_status": "up\n",
      "sys/class/net/bond0/slave_eth1/bonding_slave/mii_status": "down\n",
    },
    samples: ['node_bonding_slaves{master="bond0"} 2', 'node_bonding_active{master="bond0"} 1'],
  },
  {
    name: "hwmon",
    title: "names chips by their device and gives units",
    files: {
      "sys/class/hwmon/hwmon0/device@": "/sys/devices/platform/coretemp.0",
      "sys/class/hwmon/hwmon0/name": "coretemp\n",
      "sys/class/hwmon/hwmon0/temp1_input": "55000\n",
      "sys/class/hwmon/hwmon0/temp1_label": "Core 0\n",
      "sys/class/hwmon/hwmon0/temp1_crit_alarm": "0\n",
      "sys/class/hwmon/hwmon0/fan2_input": "1098\n",
      "sys/class/hwmon/hwmon0/in0_max": "1744\n",
      "sys/class/hwmon/hwmon0/power1_average": "5000000\n",
      "sys/class/hwmon/hwmon0/energy1_input": new Error("EIO"),
    },
    samples: [
      'node_hwmon_chip_names{chip="platform_coretemp_0",chip_name="coretemp"} 1',
      'node_hwmon_fan_rpm{chip="platform_coretemp_0",sensor="fan2"} 1098',
      'node_hwmon_in_max_volts{chip="platform_coretemp_0",sensor="in0"} 1.744',
      'node_hwmon_power_average_watt{chip="platform_coretemp_0",sensor="power1"} 5',
      'node_hwmon_sensor_label{chip="platform_coretemp_0",sensor="temp1",label="Core 0"} 1',
      'node_hwmon_temp_crit_alarm_celsius{chip="platform_coretemp_0",sensor="temp1"} 0',
      'node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp1"} 55',
    ],
  },
  {
    name: "os",
    title: "reads the release, quotes and all",
    files: {
      "etc/os-release":
        'NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="20.04"\nPRETTY_NAME="A \\"B\\""\nSUPPORT_END=2024-01-01\n',
    },
    samples: [
      'node_os_info{build_id="",id="ubuntu",id_like="",image_id="",image_version="",name="Ubuntu",pretty_name="A \\"B\\"",' +
        'variant="",variant_id="",version="",version_codename="",version_id="20.04"} 1',
      'node_os_version{id="ubuntu",id_like="",name="Ubuntu"} 20.04',
      "node_os_support_end_timestamp_seconds 1704067200",
    ],
  },
];

describe("collectors of /sys and the root", () => {
  it.each(cases)("$name $title", async ({ name, files, samples }) => {
    const found = await collect(name, fakeHost(files));
    expect([...found].sort()).toEqual([...samples].sort());
  });

  it.each(["nvme", "watchdog", "hwmon", "rapl", "powersupplyclass", "bonding", "mdadm", "dmi", "schedstat", "os"])(
    "%s has no data on a machine without",
    async (name) => {
      expect(await collect(name, fakeHost({}))).toEqual(["no data"]);
    },
  );

  it("leaves out an unknown speed where asked to", async () => {
    const host = fakeHost({ "sys/class/net/lo/speed": "-1\n" });
    const speed = (samples: readonly string[]) => samples.filter((line) => line.includes("speed"));
    expect(speed(await collect("netclass", host))).toEqual(['node_network_speed_bytes{device="lo"} -125000']);
    const netclass = { ignoredDevices: "^$", ignoreInvalidSpeed: true };
    expect(speed(await collect("netclass", host, { netclass }))).toEqual([]);
  });
});
