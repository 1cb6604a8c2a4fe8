import type { LogTime } from "../log-record.ts";

const shape = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))?$/;

/** A time of ISO 8601 to the nanosecond; without a zone it is UTC, as load balancers write it. Undefined for anything else. */
export function parseIsoTime(text: string): LogTime | undefined {
  const parts = shape.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", sign, zoneHours = "0", zoneMinutes = "0"] = parts;
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -60_000 : 60_000);
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const isDate = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  if (!isDate || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const nanos = Number(fraction.padEnd(9, "0"));
  const ms = at - offset + Math.floor(nanos / 1_000_000);
  if (ms < 0) return undefined;
  return nanos % 1_000_000 === 0 ? { ms } : { ms, nanos: nanos % 1_000_000 };
}
