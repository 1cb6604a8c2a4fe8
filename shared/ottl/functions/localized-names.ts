import { days, months } from "./time-format.ts";

/** Makes names of months and days in a language English ones; undefined for a language that is not known. */
export function translator(locale: string): ((text: string) => string) | undefined {
  try {
    if (Intl.DateTimeFormat.supportedLocalesOf([locale]).length === 0) return undefined;
  } catch {
    return undefined;
  }
  if (/^en\b/i.test(locale)) return (text) => text;
  const english = new Map<string, string>();
  for (const width of ["long", "short"] as const) {
    const name = (english: string): string => (width === "long" ? english : english.slice(0, 3));
    for (const [index, month] of months.entries())
      for (const text of namesOf(locale, Date.UTC(2001, index, 1), { month: width })) english.set(text, name(month));
    for (const [index, day] of days.entries())
      for (const text of namesOf(locale, Date.UTC(2001, 6, 1 + index), { weekday: width }))
        english.set(text, name(day));
  }
  const longest = [...english.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longest.map((each) => each.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "gi");
  return (text) => text.replace(pattern, (found) => english.get(found.toLowerCase()) ?? found);
}

/** Alone and as it stands beside a day, which some languages inflect. */
function namesOf(locale: string, ms: number, options: Intl.DateTimeFormatOptions): string[] {
  const within: Intl.DateTimeFormatOptions = { timeZone: "UTC", ...options, day: "numeric" };
  const type = options.month ? "month" : "weekday";
  const part = new Intl.DateTimeFormat(locale, within).formatToParts(ms).find((each) => each.type === type)?.value;
  const alone = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(ms);
  return [part ?? alone, alone].map((each) => each.toLowerCase());
}
