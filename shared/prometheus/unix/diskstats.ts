import { type Families, labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import type { Host } from "./host.ts";
import { ignored } from "./options.ts";
import { lines, needText, parseNumber, tryNumber, words } from "./read.ts";

const sectorBytes = 512;
const milliseconds = 1 / 1000;

/** Columns of /proc/diskstats after the name: metric, factor and whether it counts up. */
const columns: readonly (readonly [name: string, factor: number, type: "counter" | "gauge"])[] = [
  ["reads_completed_total", 1, "counter"],
  ["reads_merged_total", 1, "counter"],
  ["read_bytes_total", sectorBytes, "counter"],
  ["read_time_seconds_total", milliseconds, "counter"],
  ["writes_completed_total", 1, "counter"],
  ["writes_merged_total", 1, "counter"],
  ["written_bytes_total", sectorBytes, "counter"],
  ["write_time_seconds_total", milliseconds, "counter"],
  ["io_now", 1, "gauge"],
  ["io_time_seconds_total", milliseconds, "counter"],
  ["io_time_weighted_seconds_total", milliseconds, "counter"],
  ["discards_completed_total", 1, "counter"],
  ["discards_merged_total", 1, "counter"],
  ["discarded_sectors_total", 1, "counter"],
  ["discard_time_seconds_total", milliseconds, "counter"],
  ["flush_requests_total", 1, "counter"],
  ["flush_requests_time_seconds_total", milliseconds, "counter"],
];

/** node_disk_*: /proc/diskstats, with what udev knows about each device. */
export const diskstats: Collector = {
  name: "diskstats",
  enabled: true,
  create: ({ disk: filter }) => {
    return (host, out) => {
      for (const line of lines(needText(host.proc, "diskstats"))) {
        const [major = "", minor = "", device = "", ...values] = words(line);
        if (ignored(filter, device)) continue;
        const udev = properties(host.udev.read(`b${major}:${minor}`) ?? "");
        const labels = labelText({ device });
        info(host, out, { device, major, minor, udev });
        values.slice(0, columns.length).forEach((value, index) => {
          const [name, factor, type] = columns[index] ?? ["", 1, "gauge"];
          const scaled = factor === milliseconds ? parseNumber(value) / 1000 : parseNumber(value) * factor;
          out[type](`node_disk_${name}`, `Block device: ${name}.`).add(scaled, labels);
        });
        fromUdev(out, device, udev);
      }
      return "collected";
    };
  },
};

interface Device {
  readonly device: string;
  readonly major: string;
  readonly minor: string;
  readonly udev: ReadonlyMap<string, string>;
}

function info(host: Host, out: Families, { device, major, minor, udev }: Device): void {
  const property = (name: string) => udev.get(name) || undefined;
  const serial = property("SCSI_IDENT_SERIAL") ?? property("ID_SERIAL_SHORT") ?? property("ID_SERIAL") ?? "";
  out.gauge("node_disk_info", "What udev and /sys/block say about the device; always 1.").add(
    1,
    labelText({
      device,
      major,
      minor,
      path: property("ID_PATH") ?? "",
      wwn: property("ID_WWN") ?? "",
      model: property("ID_MODEL") ?? "",
      serial,
      revision: property("ID_REVISION") ?? "",
      rotational: String(tryNumber(host.sys, `block/${device}/queue/rotational`) ?? 0),
    }),
  );
}

function fromUdev(out: Families, device: string, udev: ReadonlyMap<string, string>): void {
  const value = (name: string) => udev.get(name) ?? "";
  if (value("ID_FS_TYPE") !== "") {
    const labels = {
      device,
      type: value("ID_FS_TYPE"),
      usage: value("ID_FS_USAGE"),
      uuid: value("ID_FS_UUID"),
      version: value("ID_FS_VERSION"),
    };
    out.gauge("node_disk_filesystem_info", "The file system on the device; always 1.").add(1, labelText(labels));
  }
  if (value("DM_NAME") !== "") {
    const labels = {
      device,
      name: value("DM_NAME"),
      uuid: value("DM_UUID"),
      vg_name: value("DM_VG_NAME"),
      lv_name: value("DM_LV_NAME"),
      lv_layer: value("DM_LV_LAYER"),
    };
    out.gauge("node_disk_device_mapper_info", "The mapping of the device; always 1.").add(1, labelText(labels));
  }
  if (value("ID_ATA") === "") return;
  for (const attribute of ["write_cache", "write_cache_enabled", "rotation_rate_rpm"]) {
    const number = Number(udev.get(`ID_ATA_${attribute.toUpperCase()}`) ?? Number.NaN);
    if (Number.isNaN(number)) continue;
    out.gauge(`node_disk_ata_${attribute}`, `ATA attribute ${attribute}.`).add(number, labelText({ device }));
  }
}

function properties(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    if (line.startsWith("E:") && equals > 0) found.set(line.slice(2, equals), line.slice(equals + 1));
  }
  return found;
}
