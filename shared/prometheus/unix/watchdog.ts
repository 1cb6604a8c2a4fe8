import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { tryNumber, tryText } from "./read.ts";

const numbers = {
  bootstatus: "bootstatus",
  fw_version: "fw_version",
  nowayout: "nowayout",
  timeleft: "timeleft_seconds",
  timeout: "timeout_seconds",
  pretimeout: "pretimeout_seconds",
  access_cs0: "access_cs0",
};

/** node_watchdog_*: /sys/class/watchdog. */
export const watchdog: Collector = {
  name: "watchdog",
  enabled: true,
  create: () => (host, out) => {
    const names = host.sys.list("class/watchdog");
    if (!names) return "no data";
    for (const name of names) {
      const text = (file: string) => tryText(host.sys, `class/watchdog/${name}/${file}`) ?? "";
      for (const [file, metric] of Object.entries(numbers)) {
        const value = tryNumber(host.sys, `class/watchdog/${name}/${file}`);
        if (value === undefined) continue;
        out.gauge(`node_watchdog_${metric}`, `Watchdog: ${file}.`).add(value, labelText({ name }));
      }
      const labels = {
        name,
        options: text("options"),
        identity: text("identity"),
        state: text("state"),
        status: text("status"),
        pretimeout_governor: text("pretimeout_governor"),
      };
      out.gauge("node_watchdog_info", "What is not a number; always 1.").add(1, labelText(labels));
    }
    return "collected";
  },
};
