import { type Families, labelText } from "../families.ts";
import type { Collected, Collector } from "./collector.ts";
import { statisticName } from "./ethtool-names.ts";
import type { Host } from "./host.ts";
import { ignored } from "./options.ts";
import { UnsupportedCollector } from "./unsupported-collector.ts";

const maxDevices = 128;

/**
 * node_ethtool_* and node_network_*_{supported,advertised}: drivers, their statistics and what ports can do. The kernel gives them by
 * ioctl only, so the program `ethtool` is asked; without it the collector cannot work.
 */
export const ethtool: Collector = {
  name: "ethtool",
  enabled: false,
  create: ({ ethtool: { devices, metrics } }) => {
    return async (host, out): Promise<Collected> => {
      const names = host.sys.list("class/net");
      if (!names) return "no data";
      for (const device of names.slice(0, maxDevices)) {
        if (ignored(devices, device) || !host.sys.list(`class/net/${device}`)) continue;
        const [settings, driver, statistics] = await Promise.all([
          ask(host, device),
          ask(host, "-i", device),
          ask(host, "-S", device),
        ]);
        if (settings !== undefined) writeSettings(out, device, settings);
        if (driver !== undefined) writeDriver(out, device, driver);
        if (statistics !== undefined) writeStatistics(out, device, { text: statistics, metrics });
      }
      return "collected";
    };
  },
};

/** What it prints; undefined for a device that does not know the question. */
async function ask(host: Host, ...args: readonly string[]): Promise<string | undefined> {
  const answer = await host.run("ethtool", args);
  if (answer.kind === "missing") throw new UnsupportedCollector("the program ethtool is not installed");
  return answer.kind === "printed" ? answer.text : undefined;
}

/** Lines `name: value`; a line without a name goes on with the value above. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let last = "";
  for (const line of text.split("\n").slice(1)) {
    const [, name, value = ""] = /^\s*([^:]+):(?:\s+(.*))?$/.exec(line) ?? [];
    if (name !== undefined) {
      last = name;
      fields.set(name, value.trim());
    } else if (last !== "") {
      fields.set(last, `${fields.get(last)} ${line.trim()}`.trim());
    }
  }
  return fields;
}

function writeSettings(out: Families, device: string, text: string): void {
  const fields = fieldsOf(text);
  // A device without a link, such as lo, says nothing of the kind.
  if (!fields.has("Supports auto-negotiation")) return;
  const labels = labelText({ device });
  const gauge = (name: string, value: boolean) =>
    out.gauge(`node_network_${name}`, `Network device: ${name.replaceAll("_", " ")}.`).add(value ? 1 : 0, labels);
  for (const type of (fields.get("Supported ports") ?? "").replace(/[[\]]/g, "").split(/\s+/)) {
    if (type === "") continue;
    out.gauge("node_network_supported_port_info", "Kind of port.").add(1, labelText({ device, type }));
  }
  for (const [said, name] of [
    ["Supported", "supported"],
    ["Advertised", "advertised"],
  ] as const) {
    const pause = fields.get(`${said} pause frame use`) ?? "";
    gauge(
      `autonegotiate_${name}`,
      fields.get(name === "supported" ? "Supports auto-negotiation" : "Advertised auto-negotiation") === "Yes",
    );
    gauge(`pause_${name}`, pause.includes("Symmetric"));
    gauge(`asymmetricpause_${name}`, /Receive-only|Transmit-only/.test(pause));
    for (const [, speed, kind, duplex] of (fields.get(`${said} link modes`) ?? "").matchAll(
      /(\d+)base(\w*)\/(Half|Full)/g,
    )) {
      out
        .gauge(`node_network_${name}_speed_bytes`, "Speed of a mode of the link.")
        .add(
          (Number(speed) * 1e6) / 8,
          labelText({ device, duplex: String(duplex).toLowerCase(), mode: `${speed}base${kind}` }),
        );
    }
  }
  gauge("autonegotiate", fields.get("Auto-negotiation") === "on");
}

function writeDriver(out: Families, device: string, text: string): void {
  const fields = fieldsOf(`\n${text}`);
  const value = (name: string) => fields.get(name) ?? "";
  out.gauge("node_ethtool_info", "The driver of the device; always 1.").add(
    1,
    labelText({
      bus_info: value("bus-info"),
      device,
      driver: value("driver"),
      expansion_rom_version: value("expansion-rom-version"),
      firmware_version: value("firmware-version"),
      version: value("version"),
    }),
  );
}

function writeStatistics(
  out: Families,
  device: string,
  { text, metrics }: { text: string; metrics: (name: string) => boolean },
): void {
  const found = new Map<string, number | undefined>();
  for (const [name, value] of fieldsOf(text)) {
    const clean = name.replace(/[^0-9A-Za-z_]/g, "_");
    if (!/^\d+$/.test(value) || !metrics(clean)) continue;
    const metric = statisticName(clean);
    // Two statistics that become one name are both left out.
    found.set(metric, found.has(metric) ? undefined : Number(value));
  }
  const labels = labelText({ device });
  for (const [metric, value] of found) {
    if (value !== undefined) out.untyped(metric, "Statistic of the driver.").add(value, labels);
  }
}
