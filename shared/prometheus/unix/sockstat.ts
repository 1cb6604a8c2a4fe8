import type { Families } from "../families.ts";
import type { Collector } from "./collector.ts";
import { lines, parseNumber, words } from "./read.ts";

const states = new Set(["inuse", "orphan", "tw", "alloc", "mem", "memory"]);

/** node_sockstat_*: /proc/net/sockstat and sockstat6. */
export const sockstat: Collector = {
  name: "sockstat",
  enabled: true,
  create: () => (host, out) => {
    for (const file of ["sockstat", "sockstat6"]) write(host.proc.read(`net/${file}`) ?? "", host.pageSize, out);
    return "collected";
  },
};

function write(text: string, pageSize: number, out: Families): void {
  for (const line of lines(text)) {
    const fields = words(line);
    const protocol = (fields[0] ?? "").replace(/:$/, "");
    let inuse = false;
    for (let index = 1; index + 1 < fields.length; index += 2) {
      const state = fields[index] ?? "";
      const value = parseNumber(fields[index + 1] ?? "");
      if (protocol === "sockets") {
        if (state === "used") out.gauge("node_sockstat_sockets_used", "IPv4 sockets in use.").add(value);
        continue;
      }
      if (!states.has(state)) continue;
      inuse ||= state === "inuse";
      gauge(state).add(value);
      if (state === "mem") gauge("mem_bytes").add(value * pageSize);
    }
    if (protocol !== "sockets" && !inuse) gauge("inuse").add(0);

    function gauge(state: string) {
      return out.gauge(`node_sockstat_${protocol}_${state}`, `${protocol} sockets: ${state}.`);
    }
  }
}
