import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { needNumber, numbered } from "./read.ts";

const root = "devices/system/edac/mc";

/** node_edac_*: memory errors by controller and row. */
export const edac: Collector = {
  name: "edac",
  enabled: true,
  create: () => (host, out) => {
    for (const name of numbered(host.sys, root, "mc")) {
      const controller = name.slice("mc".length);
      const count = (file: string) => needNumber(host.sys, `${root}/${name}/${file}`);
      const correctable = out.counter("node_edac_correctable_errors_total", "Memory errors that were corrected.");
      const fatal = out.counter("node_edac_uncorrectable_errors_total", "Memory errors that were not corrected.");
      const rowCorrectable = out.counter("node_edac_csrow_correctable_errors_total", "The same for each row.");
      const rowFatal = out.counter("node_edac_csrow_uncorrectable_errors_total", "The same for each row.");
      correctable.add(count("ce_count"), labelText({ controller }));
      fatal.add(count("ue_count"), labelText({ controller }));
      rowCorrectable.add(count("ce_noinfo_count"), labelText({ controller, csrow: "unknown" }));
      rowFatal.add(count("ue_noinfo_count"), labelText({ controller, csrow: "unknown" }));
      for (const row of numbered(host.sys, `${root}/${name}`, "csrow")) {
        const labels = labelText({ controller, csrow: row.slice("csrow".length) });
        rowCorrectable.add(count(`${row}/ce_count`), labels);
        rowFatal.add(count(`${row}/ue_count`), labels);
      }
    }
    return "collected";
  },
};
