import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";

const files = ["etc/os-release", "usr/lib/os-release"];

const labels =
  "build_id id id_like image_id image_version name pretty_name variant variant_id version version_codename version_id".split(
    " ",
  );

/** node_os_info, node_os_version and the end of support, from os-release. */
export const os: Collector = {
  name: "os",
  enabled: true,
  create: () => (host, out) => {
    const text = files.map((file) => host.root.read(file)).find((found) => found !== undefined);
    if (text === undefined) return "no data";
    const release = parseRelease(text);
    const value = (label: string) => release.get(label.toUpperCase()) ?? "";
    out
      .gauge("node_os_info", "What os-release says; always 1.")
      .add(1, labelText(Object.fromEntries(labels.map((label) => [label, value(label)]))));
    const version = Number(/^\d+\.?\d*/.exec(value("version_id"))?.[0] ?? 0);
    if (version > 0) {
      out
        .gauge("node_os_version", "The first two numbers of the version.")
        .add(version, labelText({ id: value("id"), id_like: value("id_like"), name: value("name") }));
    }
    const supportEnd = value("support_end");
    if (supportEnd !== "") {
      const end = /^\d{4}-\d{2}-\d{2}$/.test(supportEnd) ? Date.parse(supportEnd) : Number.NaN;
      if (Number.isNaN(end)) throw new Error("SUPPORT_END of os-release is not a date");
      out.gauge("node_os_support_end_timestamp_seconds", "When support ends, in seconds since 1970.").add(end / 1000);
    }
    return "collected";
  },
};

function parseRelease(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^\s*(?:export\s+)?([A-Z0-9_]+)=(.*?)\s*$/.exec(line);
    if (!match) continue;
    const value = match[2] ?? "";
    const quoted = /^"(.*)"$/.exec(value)?.[1]?.replace(/\\([\\"$`])/g, "$1") ?? /^'(.*)'$/.exec(value)?.[1];
    values.set(match[1] ?? "", quoted ?? value);
  }
  return values;
}
