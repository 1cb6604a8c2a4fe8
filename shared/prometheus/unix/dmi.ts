import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { tryText } from "./read.ts";

const files = (
  "bios_date bios_release bios_vendor bios_version board_asset_tag board_name board_serial board_vendor board_version " +
  "chassis_asset_tag chassis_serial chassis_vendor chassis_version product_family product_name product_serial " +
  "product_sku product_uuid product_version sys_vendor:system_vendor"
).split(" ");

/** node_dmi_info: what the firmware says about the machine; files that only root may read are left out. */
export const dmi: Collector = {
  name: "dmi",
  enabled: true,
  create: () => {
    let labels: string | undefined;
    return (host, out) => {
      if (!host.sys.list("class/dmi/id")) return "no data";
      labels ??= labelText(
        Object.fromEntries(
          files.flatMap((entry) => {
            const [file = "", label = file] = entry.split(":");
            const text = tryText(host.sys, `class/dmi/id/${file}`);
            return text === undefined ? [] : [[label, text]];
          }),
        ),
      );
      if (labels === "{}") return "no data";
      out.gauge("node_dmi_info", "What the firmware says about the machine; always 1.").add(1, labels);
      return "collected";
    };
  },
};
