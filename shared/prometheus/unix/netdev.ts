import { type Families, labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import type { Host } from "./host.ts";
import { ignored, type NameFilter } from "./options.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

/** Columns of /proc/net/dev by the names that node_exporter gives them. */
const columns = (
  "receive_bytes receive_packets receive_errs receive_drop receive_fifo receive_frame receive_compressed " +
  "receive_multicast transmit_bytes transmit_packets transmit_errs transmit_drop transmit_fifo transmit_colls " +
  "transmit_carrier transmit_compressed"
).split(" ");

/** node_network_{receive,transmit}_*_total from /proc/net/dev, and node_network_address_info where asked for. */
export const netdev: Collector = {
  name: "netdev",
  enabled: true,
  create: ({ netdev: options }) => {
    return (host, out) => {
      const families = columns.map((name) => out.counter(`node_network_${name}_total`, `Network device: ${name}.`));
      for (const line of lines(needText(host.proc, "net/dev")).slice(2)) {
        const colon = line.lastIndexOf(":");
        const device = line.slice(0, colon).trim();
        if (colon < 0 || ignored(options, device)) continue;
        const labels = labelText({ device });
        const values = words(line.slice(colon + 1));
        families.forEach((family, index) => {
          family.add(parseNumber(values[index] ?? ""), labels);
        });
      }
      if (options.addressInfo) addressInfo(host, out, options);
      return "collected";
    };
  },
};

function addressInfo(host: Host, out: Families, filter: NameFilter): void {
  const family = out.gauge("node_network_address_info", "An address of the network device.");
  for (const { device, address, prefixLength } of host.addresses()) {
    if (ignored(filter, device)) continue;
    family.add(1, labelText({ device, address, netmask: String(prefixLength), scope: scope(address) }));
  }
}

function scope(address: string): string {
  const local = /^(127\.|169\.254\.|224\.0\.0\.|::1$|fe[89ab])/i.test(address);
  return local ? "link-local" : "global";
}
