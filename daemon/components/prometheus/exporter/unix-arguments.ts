import { attribute, blockWithDefaults, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import { defaultUnixSettings, type UnixSettings } from "../../../../shared/prometheus/unix/settings.ts";
import { otherCollectorBlocks } from "./unix-other-blocks.ts";

const { disk, filesystem, netclass, netstatFields, powersupplyIgnored, vmstatFields } = defaultUnixSettings;

const devices = { device_exclude: attribute(string), device_include: attribute(string) };

/** The arguments of prometheus.exporter.unix. Collectors that cannot work here have their blocks too: the log names those that run. */
export const unixArguments = table({
  include_exporter_metrics: attribute(bool, {
    unsupported: "the metrics of this process are those of prometheus.exporter.self",
  }),
  procfs_path: attribute(string, { default: "/proc" }),
  sysfs_path: attribute(string, { default: "/sys" }),
  rootfs_path: attribute(string, { default: "/" }),
  udev_data_path: attribute(string, { default: "/run/udev/data" }),
  enable_collectors: attribute(list(string)),
  disable_collectors: attribute(list(string)),
  set_collectors: attribute(list(string)),
  arp: blockWithDefaults(table({ ...devices, netlink: attribute(bool) })),
  cpu: blockWithDefaults(
    table({
      guest: attribute(bool),
      info: attribute(bool),
      flags_include: attribute(string),
      bugs_include: attribute(string),
    }),
  ),
  disk: blockWithDefaults(table({ ...devices, device_exclude: attribute(string, { default: disk.exclude }) })),
  ethtool: blockWithDefaults(table({ ...devices, metrics_include: attribute(string, { default: ".*" }) })),
  filesystem: blockWithDefaults(
    table({
      fs_types_exclude: attribute(string, { default: filesystem.fsTypesExclude }),
      mount_points_exclude: attribute(string, { default: filesystem.mountPointsExclude }),
      mount_timeout: attribute(duration, { default: filesystem.mountTimeoutMs }),
    }),
  ),
  hwmon: blockWithDefaults(table({ chip_exclude: attribute(string), chip_include: attribute(string) })),
  netclass: blockWithDefaults(
    table({
      ignored_devices: attribute(string, { default: netclass.ignoredDevices }),
      ignore_invalid_speed_device: attribute(bool),
    }),
  ),
  netdev: blockWithDefaults(table({ ...devices, address_info: attribute(bool) })),
  netstat: blockWithDefaults(table({ fields: attribute(string, { default: netstatFields }) })),
  powersupply: blockWithDefaults(table({ ignored_supplies: attribute(string, { default: powersupplyIgnored }) })),
  sysctl: blockWithDefaults(table({ include: attribute(list(string)), include_info: attribute(list(string)) })),
  textfile: blockWithDefaults(table({ directory: attribute(string) })),
  vmstat: blockWithDefaults(table({ fields: attribute(string, { default: vmstatFields }) })),
  ...otherCollectorBlocks,
});

export type UnixArguments = DecodedBy<typeof unixArguments>;

/** The settings of the collectors as the arguments have them. */
export function unixSettings(args: UnixArguments): UnixSettings {
  return {
    arp: { exclude: args.arp.device_exclude, include: args.arp.device_include },
    cpu: {
      guest: args.cpu.guest,
      info: args.cpu.info,
      flagsInclude: args.cpu.flags_include,
      bugsInclude: args.cpu.bugs_include,
    },
    disk: { exclude: args.disk.device_exclude, include: args.disk.device_include },
    ethtool: {
      exclude: args.ethtool.device_exclude,
      include: args.ethtool.device_include,
      metricsInclude: args.ethtool.metrics_include,
    },
    filesystem: {
      mountPointsExclude: args.filesystem.mount_points_exclude,
      fsTypesExclude: args.filesystem.fs_types_exclude,
      mountTimeoutMs: args.filesystem.mount_timeout,
    },
    hwmon: { exclude: args.hwmon.chip_exclude, include: args.hwmon.chip_include },
    netclass: {
      ignoredDevices: args.netclass.ignored_devices,
      ignoreInvalidSpeed: args.netclass.ignore_invalid_speed_device,
    },
    netdev: {
      exclude: args.netdev.device_exclude,
      include: args.netdev.device_include,
      addressInfo: args.netdev.address_info,
    },
    netstatFields: args.netstat.fields,
    powersupplyIgnored: args.powersupply.ignored_supplies,
    sysctl: { include: args.sysctl.include, includeInfo: args.sysctl.include_info },
    textfileDirectory: args.textfile.directory,
    vmstatFields: args.vmstat.fields,
  };
}
