import { formatNumber } from "./format-number.ts";
import type { Setting } from "./setting.ts";

/** A parsed setting. */
export type SettingValue = string | number | boolean | readonly string[];

/** `must` completes "NAME must …": what is allowed, with the limit and an example; it never holds the value itself. */
export type Parsed =
  | { readonly kind: "value"; readonly value: SettingValue }
  | { readonly kind: "bad"; readonly must: string };

/** Reads one setting from text. Secrets come out as plain text here; `resolve` wraps them. */
export function parseValue(setting: Setting, text: string): Parsed {
  const trimmed = text.trim();
  if (setting.type === "text") return value(text);
  if (hasControlCharacters(trimmed)) return bad("hold no line breaks or other control characters");
  if (invisible.test(trimmed))
    return bad("hold no invisible characters, such as the zero-width spaces that web pages add");
  if (setting.secret && quoted.test(trimmed)) return bad("stand without quotes around it");
  const problem = setting.token && problemOfTokens(setting.type === "list" ? trimmed.split(",") : [trimmed]);
  if (problem) return bad(problem);
  switch (setting.type) {
    case "string":
      return parseString(setting, trimmed);
    case "url":
      return parseUrl(setting, trimmed);
    case "integer":
      return parseNumber(setting, trimmed, { units: {}, rule: "be a whole number", example: "4318" });
    case "bytes":
      return parseNumber(setting, trimmed, { units: byteUnits, rule: "be a size in bytes", example: "64MiB" });
    case "duration":
      return parseNumber(setting, trimmed, {
        units: durationUnits,
        rule: "be a duration",
        example: "500ms, 10s or 5m",
      });
    case "boolean":
      return parseBoolean(trimmed);
    case "choice":
      return setting.choices?.includes(trimmed) ? value(trimmed) : bad(`be one of ${setting.choices?.join(", ")}`);
    case "list":
      return parseList(setting, trimmed);
  }
}

const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};
const durationUnits: Readonly<Record<string, number>> = { MS: 1, S: 1_000, M: 60_000, H: 3_600_000 };
/** Format characters: zero-width spaces and joiners, marks of direction, the byte order mark. */
const invisible = /\p{Cf}/u;
const quoted = /^(["'`“”‘’]).*["'`“”‘’]$/;
const blank = /\s/u;
const trueWords = ["true", "1", "yes", "on"];
const falseWords = ["false", "0", "no", "off"];
const signalPath = /\/v1\/(traces|metrics|logs)\/*$/;

/** A token is one word: what has quotes or blanks is more than the token, and nobody would take it. */
function problemOfTokens(tokens: readonly string[]): string | undefined {
  const words = tokens.map((each) => each.trim());
  if (words.some((word) => quoted.test(word))) return "stand without quotes around it";
  return words.some((word) => blank.test(word))
    ? "be the token alone, without blanks, and without Bearer or Basic before it"
    : undefined;
}

function parseString(setting: Setting, text: string): Parsed {
  if (setting.pattern && !setting.pattern.matches.test(text)) return bad(setting.pattern.must);
  return value(text);
}

function parseNumber(
  setting: Setting,
  text: string,
  form: { readonly units: Readonly<Record<string, number>>; readonly rule: string; readonly example: string },
): Parsed {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = setting;
  const least = formatNumber(setting.type, min);
  const range =
    setting.max === undefined ? `of at least ${least}` : `from ${least} to ${formatNumber(setting.type, max)}`;
  const must = bad(`${form.rule} ${range}, such as ${form.example}`);
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text);
  if (!match) return must;
  const [, digits = "", unit = ""] = match;
  const factor = unit === "" ? 1 : form.units[unit.toUpperCase()];
  if (factor === undefined) return must;
  const number = Number(digits) * factor;
  return Number.isSafeInteger(number) && number >= min && number <= max ? value(number) : must;
}

function parseBoolean(text: string): Parsed {
  const word = text.toLowerCase();
  if (trueWords.includes(word)) return value(true);
  return falseWords.includes(word) ? value(false) : bad("be true or false");
}

/** The word `none` is a list without entries: separators alone are a mistake, which must not read as one. */
function parseList({ entry }: Setting, text: string): Parsed {
  if (text.toLowerCase() === "none") return value([]);
  const entries = text.split(",").map((each) => each.trim());
  if (entries.some((each) => each === "")) return bad("name something between its commas, or be the word none");
  const problem = entry && entries.map(entry).find((each) => each !== undefined);
  return problem === undefined ? value(entries) : bad(problem);
}

/** Normalised: no trailing slash, so that a path can be appended. */
function parseUrl(setting: Setting, text: string): Parsed {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return bad("be a URL that starts with https://");
  if (url.username || url.password) return bad("hold no user name or password: they have settings of their own");
  if (url.search || url.hash) return bad("end with its path, without ? or #");
  if (setting.base && url.protocol === "http:" && !isLoopback(url.hostname)) {
    return bad("start with https://, because credentials are sent to it (http:// is for loopback addresses only)");
  }
  if (setting.base && signalPath.test(url.pathname)) {
    return bad("be the base URL, without /v1/traces, /v1/metrics or /v1/logs at its end");
  }
  return value(url.href.replace(/\/+$/, ""));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

function hasControlCharacters(text: string): boolean {
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function value(parsed: SettingValue): Parsed {
  return { kind: "value", value: parsed };
}

function bad(must: string): Parsed {
  return { kind: "bad", must };
}
