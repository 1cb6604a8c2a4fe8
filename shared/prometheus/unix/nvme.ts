import { type Families, labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import type { Host } from "./host.ts";
import { needNumber, needText, tryText } from "./read.ts";

/** node_nvme_*: the devices of /sys/class/nvme and their namespaces. */
export const nvme: Collector = {
  name: "nvme",
  enabled: true,
  create: () => (host, out) => {
    const devices = host.sys.list("class/nvme");
    if (!devices) return "no data";
    for (const device of devices) {
      const text = (file: string) => needText(host.sys, `class/nvme/${device}/${file}`).trim();
      const labels = {
        device,
        firmware_revision: text("firmware_rev"),
        model: text("model"),
        serial: text("serial"),
        state: text("state"),
        cntlid: text("cntlid"),
      };
      out.gauge("node_nvme_info", "What /sys/class/nvme says about the device; always 1.").add(1, labelText(labels));
      for (const name of host.sys.list(`class/nvme/${device}`) ?? []) {
        const nsid = /^nvme\d+(?:c\d+)?n(\d+)$/.exec(name)?.[1];
        if (nsid !== undefined) namespace(host, out, { device, nsid, path: `class/nvme/${device}/${name}` });
      }
    }
    return "collected";
  },
};

function namespace(host: Host, out: Families, at: Record<"device" | "nsid" | "path", string>): void {
  const { device, nsid, path } = at;
  const state = tryText(host.sys, `${path}/ana_state`) ?? "unknown";
  const blockBytes = needNumber(host.sys, `${path}/queue/logical_block_size`);
  const sizeBytes = needNumber(host.sys, `${path}/size`) * blockBytes;
  const labels = labelText({ device, nsid });
  const gauge = (name: string, help: string, value: number) =>
    out.gauge(`node_nvme_namespace_${name}`, help).add(value, labels);
  out
    .gauge("node_nvme_namespace_info", "A namespace of the device; always 1.")
    .add(1, labelText({ device, nsid, ana_state: state }));
  gauge("capacity_bytes", "Capacity of the namespace.", sizeBytes);
  gauge("size_bytes", "Size of the namespace.", sizeBytes);
  gauge("used_bytes", "Space of the namespace in use.", needNumber(host.sys, `${path}/nuse`) * blockBytes);
  gauge("logical_block_size_bytes", "Size of a logical block.", blockBytes);
}
