/** A place's time: how far it is ahead of UTC, in seconds. */
export interface TimeZone {
  /** For a local time, given as seconds since 1970 as if it were UTC. In a gap the offset before it counts. */
  offsetOfWall(wallSeconds: number): number;
  /** The short name then, in American English: `CST`, `GMT+1`. */
  nameOfWall(wallSeconds: number): string;
  /** By an abbreviation that is used there (`CET`); undefined for others. */
  offsetOfName(name: string, wallSeconds: number): number | undefined;
}

/** Coordinated universal time. */
export const utc: TimeZone = {
  offsetOfWall: () => 0,
  nameOfWall: () => "UTC",
  offsetOfName: (name) => (name === "UTC" ? 0 : undefined),
};

const bucketSeconds = 900;
const maxBuckets = 1000;

/** A zone by its name in the database of time zones; undefined for an unknown one. */
export function timeZone(name: string): TimeZone | undefined {
  if (name === "" || name === "UTC") return utc;
  const format = formatter(name, "en-US");
  if (format === undefined) return undefined;
  const offsets = new Map<number, number>();
  // Offsets change at quarters of an hour at the finest, so that one answer serves for all seconds of one.
  const offsetAt = (unixSeconds: number) => {
    const bucket = Math.floor(unixSeconds / bucketSeconds);
    let offset = offsets.get(bucket);
    if (offset === undefined) {
      offset = offsetOf(format, bucket * bucketSeconds);
      if (offsets.size >= maxBuckets) offsets.clear();
      offsets.set(bucket, offset);
    }
    return offset;
  };
  const offsetOfWall = (wall: number) => {
    const guess = offsetAt(wall);
    return guess === 0 ? 0 : offsetAt(wall - guess);
  };
  return {
    offsetOfWall,
    nameOfWall: (wall) => nameAt(format, wall - offsetAt(wall)) ?? name,
    offsetOfName(abbreviation, wall) {
      const halfYear = 15_778_800;
      return [wall, wall + halfYear, wall - halfYear]
        .map((seconds) => ({ seconds, offset: offsetAt(seconds) }))
        .find(({ seconds }) => abbreviationsAt(name, seconds).includes(abbreviation))?.offset;
    },
  };
}

function formatter(timeZone: string, locale: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat(locale, {
      timeZone,
      hourCycle: "h23",
      era: "short",
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
}

function offsetOf(format: Intl.DateTimeFormat, unixSeconds: number): number {
  const parts = format.formatToParts(unixSeconds * 1000);
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const isBefore = parts.some(({ type, value }) => type === "era" && value.startsWith("B"));
  const date = new Date(0);
  date.setUTCFullYear(isBefore ? 1 - read("year") : read("year"), read("month") - 1, read("day"));
  date.setUTCHours(read("hour"), read("minute"), read("second"));
  return Math.round(date.getTime() / 1000 - unixSeconds);
}

function nameAt(format: Intl.DateTimeFormat, unixSeconds: number): string | undefined {
  return format.formatToParts(unixSeconds * 1000).find(({ type }) => type === "timeZoneName")?.value;
}

/** English has abbreviations for American zones in one country and for European ones in another. */
function abbreviationsAt(name: string, unixSeconds: number): readonly string[] {
  return ["en-US", "en-GB", "en-AU"].flatMap((locale) => {
    const format = formatter(name, locale);
    return (format && nameAt(format, unixSeconds)) ?? [];
  });
}
