import { OttlError } from "../failure.ts";
import { zoneText } from "../text.ts";
import type { TimeValue } from "../value.ts";

/** Names of months, January first. */
export const months = "January February March April May June July August September October November December".split(
  " ",
);
/** Names of days, Sunday first. */
export const days = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  weekday: number;
  offsetMinutes: number;
  zone: string;
}

/** A piece of a format: text, the letter of a directive, or a fraction of a second with the mark before it. */
export type FormatPiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "directive"; readonly letter: string }
  | { readonly kind: "fraction"; readonly mark: string; readonly digits: number };

/** A format of strptime's directives that was read. */
export interface TimeFormat {
  readonly format: string;
  readonly pieces: readonly FormatPiece[];
}

const two = (value: number): string => String(value).padStart(2, "0");
const hour12 = ({ hour }: Parts): number => ((hour + 11) % 12) + 1;
const short = (name: string | undefined): string => (name ?? "").slice(0, 3);
const plainZone = (offset: number): string => (offset === 0 ? "+00:00" : zoneText(offset));

const writers: Readonly<Record<string, (parts: Parts) => string>> = {
  Y: ({ year }) => String(year).padStart(4, "0"),
  y: ({ year }) => two(year % 100),
  m: ({ month }) => two(month),
  // The Collector's layout for it has an underline that Go takes as text.
  o: ({ month }) => `_${month}`,
  q: ({ month }) => String(month),
  b: ({ month }) => short(months[month - 1]),
  B: ({ month }) => months[month - 1] ?? "",
  d: ({ day }) => two(day),
  e: ({ day }) => String(day).padStart(2, " "),
  g: ({ day }) => String(day),
  a: ({ weekday }) => short(days[weekday]),
  A: ({ weekday }) => days[weekday] ?? "",
  H: ({ hour }) => two(hour),
  I: (parts) => two(hour12(parts)),
  l: (parts) => String(hour12(parts)),
  p: ({ hour }) => (hour < 12 ? "AM" : "PM"),
  P: ({ hour }) => (hour < 12 ? "am" : "pm"),
  M: ({ minute }) => two(minute),
  S: ({ second }) => two(second),
  Z: ({ zone, offsetMinutes }) => (zone === "" ? plainZone(offsetMinutes).replace(":", "") : zone),
  z: ({ offsetMinutes }) => (offsetMinutes === 0 ? "Z" : zoneText(offsetMinutes).replace(":", "")),
  j: ({ offsetMinutes }) => plainZone(offsetMinutes),
  i: ({ offsetMinutes }) => plainZone(offsetMinutes).slice(0, 3),
  k: ({ offsetMinutes }) => `${plainZone(offsetMinutes)}:00`,
  w: ({ offsetMinutes }) => `${plainZone(offsetMinutes).replace(":", "")}00`,
};
/** `%E` is not a directive of a format: the year of `%D`, of four digits or two. */
const composed: Readonly<Record<string, string>> = {
  D: "%m/%d/%E",
  x: "%m/%d/%E",
  F: "%Y-%m-%d",
  T: "%H:%M:%S",
  X: "%H:%M:%S",
  R: "%H:%M",
  r: "%I:%M:%S %P",
  c: "%a %b %d %H:%M:%S %Y",
  n: "\n",
  t: "\t",
  h: "%b",
};
const fractionDigits: Readonly<Record<string, number>> = { L: 3, f: 6, s: 9 };

/** Reads a format. Throws `OttlError`. */
export function compileTimeFormat(format: string): TimeFormat {
  if (/\d/.test(format)) throw new OttlError("format string should not contain decimals");
  const bad = /[^.,]%[Lfs]/su.exec(format)?.[0];
  if (bad !== undefined)
    throw new OttlError(`invalid fractional seconds directive: '${bad}'. must be preceded with '.' or ','`);
  const unknown = (format.match(/%./g) ?? []).filter((each) => !isKnown(each.slice(1)));
  if (unknown.length > 0) throw new OttlError(`invalid strptime format: unsupported directives: ${unknown.join(", ")}`);
  const expanded = format.replace(/%(.)/g, (all, letter: string) =>
    Object.hasOwn(composed, letter) ? (composed[letter] as string) : all,
  );
  return { format, pieces: piecesOf(expanded) };
}

function isKnown(letter: string): boolean {
  return letter === "%" || [writers, composed, fractionDigits].some((table) => Object.hasOwn(table, letter));
}

function piecesOf(format: string): FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let text = "";
  for (const token of format.match(/%.|[\s\S]/gu) ?? []) {
    const digits = token.length > 1 ? fractionDigits[token.slice(1)] : undefined;
    if (token === "%%" || token === "%") text += "%";
    else if (token.length === 1 || !token.startsWith("%")) text += token;
    // Without a mark before it a fraction is text for Go.
    else if (digits !== undefined && text === "") text += "9".repeat(digits);
    else {
      const before = digits === undefined ? text : text.slice(0, -1);
      if (before !== "") pieces.push({ kind: "text", text: before });
      if (digits === undefined) pieces.push({ kind: "directive", letter: token.slice(1) });
      else pieces.push({ kind: "fraction", mark: text.slice(-1), digits });
      text = "";
    }
  }
  if (text !== "") pieces.push({ kind: "text", text });
  return pieces;
}

/** Writes a time in its own zone. */
export function formatTime(time: TimeValue, { pieces }: TimeFormat): string {
  const local = localParts(time);
  return pieces.map((piece) => writePiece(piece, local)).join("");
}

function writePiece(piece: FormatPiece, parts: Parts): string {
  if (piece.kind === "text") return piece.text;
  if (piece.kind === "directive") return (writers[piece.letter === "E" ? "Y" : piece.letter] ?? (() => ""))(parts);
  // Zeros at the end are left out, and with all of them the mark.
  const written = String(parts.nanosecond).padStart(9, "0").slice(0, piece.digits).replace(/0+$/, "");
  return written === "" ? "" : piece.mark + written;
}

/** The parts of a time in its own zone; Sunday is 0. */
export function localParts({ ns, offsetMinutes, zone: name }: TimeValue): Parts {
  const billion = 1_000_000_000n;
  const nanosecond = ((ns % billion) + billion) % billion;
  const date = new Date(Number((ns - nanosecond) / billion) * 1000 + offsetMinutes * 60_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(nanosecond),
    weekday: date.getUTCDay(),
    offsetMinutes,
    zone: name,
  };
}
