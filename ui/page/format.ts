const units: readonly (readonly [number, string])[] = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
];

/** A whole number with separators: `12,345`. */
export function countText(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** A number and its noun: `1 item`, `2 items`. */
export function counted(value: number, noun: string): string {
  return `${countText(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** A rate per second, short: `0`, `0.4/s`, `12/s`, `3.4 k/s`. */
export function rateText(perSecond: number | undefined): string {
  if (perSecond === undefined) return "";
  if (perSecond === 0) return "0/s";
  if (perSecond < 0.05) return "<0.1/s";
  if (perSecond < 10) return `${perSecond.toFixed(1)}/s`;
  if (perSecond < 1000) return `${Math.round(perSecond)}/s`;
  return perSecond < 1e6 ? `${(perSecond / 1000).toFixed(1)} k/s` : `${(perSecond / 1e6).toFixed(1)} M/s`;
}

/** Bytes in the unit that fits: `512 B`, `1.5 KiB`, `20 MiB`. */
export function bytesText(bytes: number): string {
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${names[power]}`;
}

/** A span in its largest unit: `3 d`, `5 h`, `12 min`, `40 s`, `120 ms`. */
export function spanText(seconds: number): string {
  if (seconds < 1) return seconds < 0.001 ? (seconds <= 0 ? "0 s" : "<1 ms") : `${Math.round(seconds * 1000)} ms`;
  const unit = units.find(([size]) => seconds >= 2 * size);
  return unit ? `${Math.round(seconds / unit[0])} ${unit[1]}` : `${Math.floor(seconds)} s`;
}

/** A moment as it is read in a log: `14:03:22`, with the date where it is another day. */
export function momentText(at: number): string {
  const time = new Date(at);
  const clock = time.toLocaleTimeString("en-GB");
  return new Date().toDateString() === time.toDateString() ? clock : `${time.toISOString().slice(0, 10)} ${clock}`;
}
