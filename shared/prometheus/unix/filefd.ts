import type { Collector } from "./collector.ts";
import { needText, parseNumber, words } from "./read.ts";

/** node_filefd_allocated and node_filefd_maximum from /proc/sys/fs/file-nr. */
export const filefd: Collector = {
  name: "filefd",
  enabled: true,
  create: () => (host, out) => {
    const [allocated = "", , maximum] = words(needText(host.proc, "sys/fs/file-nr"));
    if (maximum === undefined) throw new Error("file-nr has fewer than 3 numbers");
    out.gauge("node_filefd_allocated", "File descriptors allocated.").add(parseNumber(allocated));
    out.gauge("node_filefd_maximum", "File descriptors that may be allocated.").add(parseNumber(maximum));
    return "collected";
  },
};
