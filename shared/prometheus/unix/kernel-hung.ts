import type { Collector } from "./collector.ts";
import { readNumber } from "./read.ts";

/** node_kernel_hung_tasks_total: tasks that the kernel found hanging. */
export const kernelHung: Collector = {
  name: "kernel_hung",
  enabled: true,
  create: () => (host, out) => {
    const tasks = readNumber(host.proc, "sys/kernel/hung_task_detect_count");
    if (tasks === undefined) return "no data";
    out.counter("node_kernel_hung_tasks_total", "Tasks found hanging since the machine booted.").add(tasks);
    return "collected";
  },
};
