import type { Collector } from "./collector.ts";
import { needText, parseNumber } from "./read.ts";

/** Interrupts, context switches, forks, boot time and runnable processes from /proc/stat. */
export const stat: Collector = {
  name: "stat",
  enabled: true,
  create: () => (host, out) => {
    const text = needText(host.proc, "stat");
    const value = (field: string) => {
      const at = text.startsWith(`${field} `) ? 0 : text.indexOf(`\n${field} `) + 1;
      if (at === 0 && !text.startsWith(`${field} `)) return 0;
      return parseNumber(/\d+/.exec(text.slice(at + field.length, at + field.length + 24))?.[0] ?? "");
    };
    out.counter("node_intr_total", "Interrupts serviced.").add(value("intr"));
    out.counter("node_context_switches_total", "Context switches.").add(value("ctxt"));
    out.counter("node_forks_total", "Processes and threads created.").add(value("processes"));
    out.gauge("node_boot_time_seconds", "When the machine booted, in seconds since 1970.").add(value("btime"));
    out.gauge("node_procs_running", "Processes that can run.").add(value("procs_running"));
    out.gauge("node_procs_blocked", "Processes that wait for I/O.").add(value("procs_blocked"));
    return "collected";
  },
};
