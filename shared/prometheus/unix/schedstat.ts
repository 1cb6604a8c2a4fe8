import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, words } from "./read.ts";

/** node_schedstat_*: time that each CPU ran processes and that processes waited for it. */
export const schedstat: Collector = {
  name: "schedstat",
  enabled: true,
  create: () => (host, out) => {
    const text = host.proc.read("schedstat");
    if (text === undefined) return "no data";
    const running = out.counter("node_schedstat_running_seconds_total", "Seconds that the CPU ran processes.");
    const waiting = out.counter("node_schedstat_waiting_seconds_total", "Seconds that processes waited for the CPU.");
    const slices = out.counter("node_schedstat_timeslices_total", "Time slices that ran on the CPU.");
    for (const line of lines(text)) {
      const fields = words(line);
      const cpu = /^cpu(\d+)$/.exec(fields[0] ?? "")?.[1];
      if (cpu === undefined || fields.length < 10) continue;
      const labels = labelText({ cpu });
      running.add(Number(fields[7]) / 1e9, labels);
      waiting.add(Number(fields[8]) / 1e9, labels);
      slices.add(Number(fields[9]), labels);
    }
    return "collected";
  },
};
