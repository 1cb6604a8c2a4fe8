import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, words } from "./read.ts";

/** States by their number in /proc/net/tcp. */
const states =
  "unknown established syn_sent syn_recv fin_wait1 fin_wait2 time_wait close close_wait last_ack listen closing".split(
    " ",
  );

/** node_tcp_connection_states: TCP sockets by state and the bytes in their queues, from /proc/net/tcp and tcp6. */
export const tcpstat: Collector = {
  name: "tcpstat",
  enabled: false,
  create: () => (host, out) => {
    const counts = new Map([
      ["rx_queued_bytes", 0],
      ["tx_queued_bytes", 0],
    ]);
    const add = (state: string, value: number) => counts.set(state, (counts.get(state) ?? 0) + value);
    for (const file of ["net/tcp", "net/tcp6"]) {
      for (const line of lines(host.proc.read(file) ?? "").slice(1)) {
        const [, , , state = "", queues = ""] = words(line);
        const [sent = "0", received = "0"] = queues.split(":");
        add(states[Number.parseInt(state, 16)] ?? "unknown", 1);
        add("tx_queued_bytes", Number.parseInt(sent, 16));
        add("rx_queued_bytes", Number.parseInt(received, 16));
      }
    }
    const family = out.gauge("node_tcp_connection_states", "TCP connections by state.");
    for (const [state, count] of counts) family.add(count, labelText({ state }));
    return "collected";
  },
};
