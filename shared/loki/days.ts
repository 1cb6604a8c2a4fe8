/** In lower case. */
export const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
/** In lower case, from Sunday on. */
export const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
let lastMonth = Number.NaN;
let daysOfLastMonth = 0;

/** How many days a month has; the year 0 is a leap year. */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (daysIn[month - 1] ?? 0);
}

/** Days since 1970; `day` may be beyond the end of the month. Times that come together are mostly of one month. */
export function daysSince1970(year: number, month: number, day: number): number {
  const key = year * 16 + month;
  if (key !== lastMonth) {
    daysOfLastMonth = daysUntil(year, month);
    lastMonth = key;
  }
  return daysOfLastMonth + day - 1;
}

/** Days from 1970 to the first of a month. */
function daysUntil(year: number, month: number): number {
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const leapsTo1970 = 477;
  const own = (daysBefore[month - 1] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0);
  return (year - 1970) * 365 + leaps - leapsTo1970 + own;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
