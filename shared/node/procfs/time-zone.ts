import { readFileSync } from "node:fs";

/**
 * Name and offset of the local time zone at a time. The name is the short one of the system's zone file (CET, CEST), as
 * the C library gives it; where there is no such file it is UTC or the offset.
 */
export function timeZone(at: Date): { name: string; offsetSeconds: number } {
  const offsetSeconds = -at.getTimezoneOffset() * 60 + 0;
  const names = /^(<[^>]+>|[A-Za-z]+)[-+\d:]*(<[^>]+>|[A-Za-z]+)?/.exec(rule());
  if (!names) return { name: offsetSeconds === 0 ? "UTC" : signed(offsetSeconds), offsetSeconds };
  const year = at.getFullYear();
  const winter = Math.max(new Date(year, 0, 1).getTimezoneOffset(), new Date(year, 6, 1).getTimezoneOffset());
  const summer = names[2] !== undefined && at.getTimezoneOffset() < winter;
  return { name: (names[summer ? 2 : 1] ?? "UTC").replace(/[<>]/g, ""), offsetSeconds };
}

/** The last line of a zone file: the rule of POSIX's TZ for the years to come. */
function rule(): string {
  const zone = process.env.TZ?.replace(/^:/, "");
  if (zone === "" || zone === "UTC") return "UTC0";
  const path = zone === undefined ? "/etc/localtime" : zone.startsWith("/") ? zone : `/usr/share/zoneinfo/${zone}`;
  try {
    return readFileSync(path, "latin1").trimEnd().split("\n").at(-1) ?? "";
  } catch {
    return "";
  }
}

function signed(seconds: number): string {
  const minutes = Math.abs(seconds) / 60;
  const pad = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  return `${seconds < 0 ? "-" : "+"}${pad(minutes / 60)}${pad(minutes % 60)}`;
}
