import { errorText } from "../../error-text.ts";
import { type Families, labelText } from "../families.ts";
import type { Collected, Collector } from "./collector.ts";
import type { Host } from "./host.ts";
import { readFamilies, type TextFamily } from "./textfile-families.ts";

/** Samples of the `*.prom` files of a directory, with the time of each file; a bad file is left out and counted as an error. */
export const textfile: Collector = {
  name: "textfile",
  enabled: true,
  create: ({ textfile: { directory } }) => {
    return (host, out): Collected => {
      const reasons: string[] = [];
      if (directory !== "") readDirectory(host, out, { directory, reasons });
      out
        .gauge("node_textfile_scrape_error", "1 when a file could not be read, else 0.")
        .add(reasons.length > 0 ? 1 : 0);
      return "collected";
    };
  },
};

function readDirectory(
  host: Host,
  out: Families,
  { directory, reasons }: { directory: string; reasons: string[] },
): void {
  const path = directory.replace(/^\/+|\/+$/g, "");
  const names = attempt(reasons, () => host.local.list(path));
  if (!names) reasons.push(`${directory} is missing`);
  const helps = new Map<string, string>();
  for (const name of names ?? []) {
    if (!name.endsWith(".prom")) continue;
    const file = `/${path}/${name}`;
    attempt(reasons, () => {
      const text = host.local.read(`${path}/${name}`);
      if (text === undefined) throw new Error(`${file} is gone`);
      for (const family of readFamilies(text)) write(out, family, { file, helps, reasons });
      out
        .gauge("node_textfile_mtime_seconds", "When the file was changed, in seconds since 1970.")
        .add(Math.floor(host.local.modified(`${path}/${name}`) ?? 0), labelText({ file }));
    });
  }
}

function write(
  out: Families,
  { name, type, help, lines }: TextFamily,
  { file, helps, reasons }: { file: string; helps: Map<string, string>; reasons: string[] },
): void {
  const first = helps.get(name);
  if (help !== undefined && first !== undefined && first !== help) {
    reasons.push(`${name} has another help text in ${file}`);
    return;
  }
  if (help !== undefined) helps.set(name, help);
  out.raw({ name, type, help: help ?? `Metric read from ${file}`, lines });
}

function attempt<T>(reasons: string[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    reasons.push(errorText(error));
    return undefined;
  }
}
