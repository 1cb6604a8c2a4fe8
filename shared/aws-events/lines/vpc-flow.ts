import type { Attribute } from "../../otlp/write-attribute.ts";
import type { Recognise } from "./line-format.ts";

/** The columns of version 2, which a flow log has unless it is told others. */
export const defaultFlowColumns: readonly string[] = [
  "version",
  "account-id",
  "interface-id",
  "srcaddr",
  "dstaddr",
  "srcport",
  "dstport",
  "protocol",
  "packets",
  "bytes",
  "start",
  "end",
  "action",
  "log-status",
];

/** What OpenTelemetry has a name for; other columns are `aws.vpc.flow.<column>` with underscores. */
const accountName = "cloud.account.id";
const names = new Map([
  ["account-id", accountName],
  ["interface-id", "network.interface.name"],
  ["srcaddr", "source.address"],
  ["srcport", "source.port"],
  ["dstaddr", "destination.address"],
  ["dstport", "destination.port"],
  ["region", "cloud.region"],
  ["az-id", "cloud.availability_zone"],
  ["instance-id", "host.id"],
]);
const wholeNumbers = new Set(
  "version srcport dstport protocol packets bytes start end tcp-flags traffic-path".split(" "),
);
const maxColumns = 100;
const secondsOfOurTime = /^[1-9]\d{9}$/;

/**
 * Reads the lines of a VPC flow log with these columns (AWS, "Flow log records"): their values separated by spaces, `-` for none. More
 * values than columns are let be, as AWS adds some; fewer are another format. The time is the start of what the line counts.
 */
export function createVpcFlow(columns: readonly string[] = defaultFlowColumns): Recognise {
  const known = columns.slice(0, maxColumns).map((column) => ({
    column,
    name: names.get(column) ?? `aws.vpc.flow.${column.replaceAll("-", "_")}`,
    isNumber: wholeNumbers.has(column),
  }));
  const versionAt = columns.indexOf("version");
  const startAt = columns.indexOf("start");

  return (line) => {
    const values = line.trimEnd().split(" ", maxColumns);
    if (values.length < known.length || known.length === 0) return undefined;
    if (versionAt >= 0 && !/^\d{1,2}$/.test(values[versionAt] ?? "")) return undefined;
    const start = values[startAt] ?? "";
    if (startAt >= 0 && start !== "-" && !secondsOfOurTime.test(start)) return undefined;
    const attributes = known.flatMap(({ name, isNumber }, at): Attribute[] => {
      const value = values[at] ?? "-";
      if (value === "-" || value === "" || (name === accountName && value === "unknown")) return [];
      return [{ name, value: isNumber && /^\d{1,15}$/.test(value) ? Number(value) : value }];
    });
    return { attributes, time: startAt >= 0 && start !== "-" ? { ms: Number(start) * 1000 } : undefined };
  };
}
