import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, words } from "./read.ts";

/** node_udp_queues: bytes in the queues of UDP sockets, from /proc/net/udp and udp6. */
export const udpQueues: Collector = {
  name: "udp_queues",
  enabled: true,
  create: () => (host, out) => {
    const family = out.gauge("node_udp_queues", "Bytes that wait in the queues of UDP sockets.");
    let found = false;
    for (const [ip, file] of [
      ["v4", "udp"],
      ["v6", "udp6"],
    ] as const) {
      const text = host.proc.read(`net/${file}`);
      if (text === undefined) continue;
      found = true;
      let [sent, received] = [0, 0];
      for (const line of lines(text).slice(1)) {
        const [tx = "0", rx = "0"] = (words(line)[4] ?? "").split(":");
        sent += Number.parseInt(tx, 16);
        received += Number.parseInt(rx, 16);
      }
      family.add(sent, labelText({ queue: "tx", ip }));
      family.add(received, labelText({ queue: "rx", ip }));
    }
    return found ? "collected" : "no data";
  },
};
