import type { Collector } from "./collector.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

/** The fields of a line of names that the pattern selects: their column and their key. */
type Selected = readonly { readonly column: number; readonly key: string }[];

/** node_netstat_*: the fields of /proc/net/{netstat,snmp,snmp6} that the pattern selects. */
export const netstat: Collector = {
  name: "netstat",
  enabled: true,
  create: ({ netstat: { fields } }) => {
    // The names are the same at every scrape, and there are hundreds of them.
    const byNames = new Map<string, Selected>();
    const sixes = new Map<string, string | undefined>();
    return (host, out) => {
      for (const file of ["net/netstat", "net/snmp"]) {
        const all = lines(needText(host.proc, file));
        for (let index = 0; index + 1 < all.length; index += 2) pair(all[index] ?? "", all[index + 1] ?? "");
      }
      for (const line of lines(host.proc.read("net/snmp6") ?? "")) {
        const blank = line.search(/\s/);
        const name = line.slice(0, blank);
        if (!sixes.has(name)) sixes.set(name, keyOfSix(name));
        const key = sixes.get(name);
        if (key !== undefined) add(key, line.slice(blank).trim());
      }
      return "collected";

      /** Two lines a protocol: `Tcp: names` and `Tcp: values`. */
      function pair(names: string, values: string): void {
        const selected = byNames.get(names) ?? select(names);
        byNames.set(names, selected);
        const numbers = values.split(" ");
        for (const { column, key } of selected) add(key, numbers[column] ?? "");
      }

      function add(key: string, value: string): void {
        out.untyped(`node_netstat_${key}`, `Statistic ${key.replace("_", "")}.`).add(parseNumber(value));
      }
    };

    function select(names: string): Selected {
      const [protocol = "", ...others] = words(names);
      return others
        .map((name, index) => ({ column: index + 1, key: `${protocol.slice(0, -1)}_${name}` }))
        .filter(({ key }) => fields(key));
    }

    /** `Ip6InReceives` is field InReceives of Ip6. */
    function keyOfSix(name: string): string | undefined {
      const six = name.indexOf("6");
      const key = `${name.slice(0, six + 1)}_${name.slice(six + 1)}`;
      return six >= 0 && fields(key) ? key : undefined;
    }
  },
};
