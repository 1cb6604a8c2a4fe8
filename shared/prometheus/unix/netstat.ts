import type { Collector } from "./collector.ts";
import { lines, needText, parseNumber, words } from "./read.ts";

/** node_netstat_*: the fields of /proc/net/{netstat,snmp,snmp6} that the pattern selects. */
export const netstat: Collector = {
  name: "netstat",
  enabled: true,
  create: ({ netstat: { fields } }) => {
    const selected = new Map<string, boolean>();
    return (host, out) => {
      const values = new Map<string, string>();
      pairs(needText(host.proc, "net/netstat"), values);
      pairs(needText(host.proc, "net/snmp"), values);
      sixes(host.proc.read("net/snmp6") ?? "", values);
      for (const [key, value] of values) {
        const select = selected.get(key) ?? fields(key);
        selected.set(key, select);
        if (select) out.untyped(`node_netstat_${key}`, `Statistic ${key.replace("_", "")}.`).add(parseNumber(value));
      }
      return "collected";
    };
  },
};

/** Two lines a protocol: `Tcp: names` and `Tcp: values`. */
function pairs(text: string, values: Map<string, string>): void {
  const all = lines(text);
  for (let index = 0; index + 1 < all.length; index += 2) {
    const names = words(all[index] ?? "");
    const numbers = words(all[index + 1] ?? "");
    const protocol = (names[0] ?? "").slice(0, -1);
    if (names.length !== numbers.length) throw new Error(`${protocol} has more names than values`);
    for (let field = 1; field < names.length; field += 1)
      values.set(`${protocol}_${names[field]}`, numbers[field] ?? "");
  }
}

/** One line a field: `Ip6InReceives 7`. */
function sixes(text: string, values: Map<string, string>): void {
  for (const line of lines(text)) {
    const [field = "", value] = words(line);
    const six = field.indexOf("6");
    if (six < 0 || value === undefined) continue;
    values.set(`${field.slice(0, six + 1)}_${field.slice(six + 1)}`, value);
  }
}
