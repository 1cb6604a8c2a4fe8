import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { cpuRange } from "./cpu.ts";
import { needText, numbered, tryNumber, tryText, words } from "./read.ts";

/** File below cpufreq in kHz → metric in Hz. */
const frequencies = {
  cpuinfo_cur_freq: "frequency_hertz",
  cpuinfo_min_freq: "frequency_min_hertz",
  cpuinfo_max_freq: "frequency_max_hertz",
  scaling_cur_freq: "scaling_frequency_hertz",
  scaling_min_freq: "scaling_frequency_min_hertz",
  scaling_max_freq: "scaling_frequency_max_hertz",
};

/** node_cpu_*frequency*: the frequencies and governors of the CPUs that are online. */
export const cpufreq: Collector = {
  name: "cpufreq",
  enabled: true,
  create: () => (host, out) => {
    const offline = new Set(cpuRange(needText(host.sys, "devices/system/cpu/offline")).map(String));
    for (const directory of numbered(host.sys, "devices/system/cpu", "cpu")) {
      const cpu = directory.slice("cpu".length);
      const path = `devices/system/cpu/${directory}/cpufreq`;
      if (offline.has(cpu) || !host.sys.list(path)) continue;
      for (const [file, name] of Object.entries(frequencies)) {
        const kilohertz = tryNumber(host.sys, `${path}/${file}`);
        if (kilohertz === undefined) continue;
        out.gauge(`node_cpu_${name}`, `CPU frequency: ${file}.`).add(kilohertz * 1000, labelText({ cpu }));
      }
      const governor = tryText(host.sys, `${path}/scaling_governor`) ?? "";
      if (governor === "") continue;
      for (const name of words(tryText(host.sys, `${path}/scaling_available_governors`) ?? "")) {
        out
          .gauge("node_cpu_scaling_governor", "Whether the governor is in use.")
          .add(name === governor ? 1 : 0, labelText({ cpu, governor: name }));
      }
    }
    return "collected";
  },
};
