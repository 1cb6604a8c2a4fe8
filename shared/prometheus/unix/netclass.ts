import { type Families, labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import type { Host } from "./host.ts";
import { ignored } from "./options.ts";
import { tryText } from "./read.ts";

/** File of /sys/class/net/<device> → the metric that it becomes; the values are decimal or hexadecimal. */
const gauges = {
  addr_assign_type: "address_assign_type",
  carrier: "carrier",
  dev_id: "device_id",
  dormant: "dormant",
  flags: "flags",
  ifindex: "iface_id",
  iflink: "iface_link",
  link_mode: "iface_link_mode",
  mtu: "mtu_bytes",
  name_assign_type: "name_assign_type",
  netdev_group: "net_dev_group",
  tx_queue_len: "transmit_queue_length",
  type: "protocol_type",
};

const counters = {
  carrier_changes: "carrier_changes_total",
  carrier_up_count: "carrier_up_changes_total",
  carrier_down_count: "carrier_down_changes_total",
};

/** node_network_{up,info,…}: what /sys/class/net says about each device. */
export const netclass: Collector = {
  name: "netclass",
  enabled: true,
  create: ({ netclass: { devices, ignoreInvalidSpeed } }) => {
    return (host, out) => {
      const names = host.sys.list("class/net");
      if (!names) return "no data";
      for (const device of names) {
        // A file among the devices is a list of its own, such as bonding_masters.
        if (ignored(devices, device) || !host.sys.list(`class/net/${device}`)) continue;
        one(device, host, out);
      }
      return "collected";
    };

    function one(device: string, host: Host, out: Families): void {
      const labels = labelText({ device });
      const text = (file: string) => tryText(host.sys, `class/net/${device}/${file}`);
      const operstate = text("operstate") ?? "";
      const flags = text("flags");
      const adminstate = flags === undefined ? "unknown" : Number(flags) & 1 ? "up" : "down";
      out.gauge("node_network_up", "1 when the device's state is up.").add(operstate === "up" ? 1 : 0, labels);
      const [address, broadcast] = [text("address") ?? "", text("broadcast") ?? ""];
      const [duplex, ifalias] = [text("duplex") ?? "", text("ifalias") ?? ""];
      out
        .gauge("node_network_info", "What is not a number in /sys/class/net; always 1.")
        .add(1, labelText({ device, address, broadcast, duplex, operstate, adminstate, ifalias }));
      for (const [file, name] of Object.entries(gauges)) push("gauge", name, file === "flags" ? flags : text(file));
      for (const [file, name] of Object.entries(counters)) push("counter", name, text(file));
      const speed = integer(text("speed"));
      if (speed !== undefined && (speed >= 0 || !ignoreInvalidSpeed)) {
        // Megabits to bytes; -1 stands for a speed that is not known.
        push("gauge", "speed_bytes", String(Math.trunc((speed * 1_000_000) / 8)));
      }

      function push(type: "gauge" | "counter", name: string, value: string | undefined): void {
        const number = integer(value);
        if (number !== undefined)
          out[type](`node_network_${name}`, `Network device property ${name}.`).add(number, labels);
      }
    }
  },
};

function integer(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isInteger(value) ? value : undefined;
}
