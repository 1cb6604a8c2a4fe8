const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const time = "(\\d\\d):(\\d\\d):(\\d\\d)";
const month = `(${months.join("|")})`;
/** The three date forms of HTTP (RFC 9110 §5.6.7); the groups are named because their order differs. */
const imfFixdate = new RegExp(
  `^[A-Z][a-z]{2}, (?<day>\\d\\d) (?<month>${month}) (?<year>\\d{4}) (?<time>${time}) GMT$`,
);
const rfc850 = new RegExp(`^[A-Z][a-z]{5,8}, (?<day>\\d\\d)-(?<month>${month})-(?<year>\\d\\d) (?<time>${time}) GMT$`);
const asctime = new RegExp(`^[A-Z][a-z]{2} (?<month>${month}) (?<day>[ \\d]\\d) (?<time>${time}) (?<year>\\d{4})$`);

/** More than a day is a mistake, not an instruction. */
const maxMs = 86_400_000;

/**
 * Milliseconds to wait according to a Retry-After header (RFC 9110 §10.2.3): seconds or a date. Undefined for what is
 * absent, garbage, negative or beyond a day, which all mean the ordinary backoff; a date in the past is 0.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? "";
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : untilDate(text, nowMs);
  return ms !== undefined && ms <= maxMs ? ms : undefined;
}

function untilDate(text: string, nowMs: number): number | undefined {
  const groups = (imfFixdate.exec(text) ?? rfc850.exec(text) ?? asctime.exec(text))?.groups;
  if (!groups) return undefined;
  const { day = "", month: name = "", year = "", time: clock = "" } = groups;
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(":").map(Number);
  const at = Date.UTC(fullYear(year, nowMs), months.indexOf(name), Number(day), hours, minutes, seconds);
  if (Number(day) < 1 || Number(day) > 31 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  return Math.max(0, at - nowMs);
}

/** A year of two digits that would lie more than 50 years ahead is in the past (RFC 9110 §5.6.7). */
function fullYear(year: string, nowMs: number): number {
  if (year.length === 4) return Number(year);
  const current = new Date(nowMs).getUTCFullYear();
  const full = Math.floor(current / 100) * 100 + Number(year);
  return full > current + 50 ? full - 100 : full;
}
