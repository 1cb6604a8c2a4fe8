const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A point in time from text, milliseconds since the epoch: an age (`90m`, `6h`, `3d`) counted back from `now`, a date, or a date
 * and time with its zone (ISO 8601). Undefined for anything else.
 */
export function parseInstant(text: string, now: number): number | undefined {
  const age = /^(\d{1,6}(?:\.\d{1,3})?)([smhd])$/.exec(text);
  if (age) return now - Number(age[1]) * (units[age[2] ?? ""] ?? 0);
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
