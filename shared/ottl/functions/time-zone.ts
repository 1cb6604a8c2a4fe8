/** A time zone: minutes east of UTC at a local time, in milliseconds as if it were UTC; and its short name then. */
export interface Zone {
  at(localMs: number): { readonly offsetMinutes: number; readonly name: string };
}

const utc: Zone = { at: () => ({ offsetMinutes: 0, name: "UTC" }) };

/** A zone of the IANA database by its name; undefined when there is none. */
export function zoneOf(name: string): Zone | undefined {
  if (name === "UTC" || name === "" || name === "Local") return utc;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      timeZoneName: "short",
    });
  } catch {
    return undefined;
  }
  const offsetAt = (ms: number): { offsetMinutes: number; name: string } => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const number = (type: string): number => Number(parts[type]);
    const date = Date.UTC(number("year"), number("month") - 1, number("day"));
    const local = date + ((number("hour") * 60 + number("minute")) * 60 + number("second")) * 1000;
    return { offsetMinutes: Math.round((local - ms) / 60_000), name: parts.timeZoneName ?? name };
  };
  return {
    at: (localMs) => {
      const guess = offsetAt(localMs);
      return offsetAt(localMs - guess.offsetMinutes * 60_000);
    },
  };
}
