import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { needNumber, tryText } from "./read.ts";

/** node_processes_*: processes and threads by state, and their limits. */
export const processes: Collector = {
  name: "processes",
  enabled: false,
  create: () => (host, out) => {
    const states = new Map<string, number>();
    const threadStates = new Map<string, number>();
    let [pids, threads] = [0, 0];
    for (const pid of numbers(host.proc.list("") ?? [])) {
      const fields = statOf(tryText(host.proc, `${pid}/stat`));
      // A process may end between the list and its file.
      if (!fields) continue;
      pids += 1;
      threads += Number(fields[17] ?? 0);
      count(states, fields[0]);
      for (const thread of numbers(host.proc.list(`${pid}/task`) ?? [])) {
        const own = thread === pid ? fields : statOf(tryText(host.proc, `${pid}/task/${thread}/stat`));
        if (own) count(threadStates, own[0]);
      }
    }
    out.gauge("node_processes_threads", "Threads.").add(threads);
    out
      .gauge("node_processes_max_threads", "Threads that may be.")
      .add(needNumber(host.proc, "sys/kernel/threads-max"));
    const state = out.gauge("node_processes_state", "Processes by state.");
    for (const [letter, number] of states) state.add(number, labelText({ state: letter }));
    const threadState = out.gauge("node_processes_threads_state", "Threads by state.");
    for (const [letter, number] of threadStates) threadState.add(number, labelText({ thread_state: letter }));
    out.gauge("node_processes_pids", "Processes.").add(pids);
    out
      .gauge("node_processes_max_processes", "Processes that may be.")
      .add(needNumber(host.proc, "sys/kernel/pid_max"));
    return "collected";
  },
};

/** The fields behind the name, which stands in parentheses and may hold some itself: the state first. */
function statOf(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function count(states: Map<string, number>, state = ""): void {
  states.set(state, (states.get(state) ?? 0) + 1);
}

function numbers(names: readonly string[]): readonly string[] {
  return names.filter((name) => /^\d+$/.test(name));
}
