import { parseFloat64 } from "../../go-number.ts";
import { Mismatch } from "../mismatch.ts";
import { textOfBytes } from "../text.ts";
import { float, int, uint, type Value } from "../value.ts";
import { decodeBase64 } from "./base64.ts";

/** A scalar of a YAML document. `tag`: the short form (`!!int`), empty without one. */
export interface YamlScalar {
  readonly text: string;
  readonly tag: string;
  readonly isPlain: boolean;
}

type Resolved = readonly [tag: string, value: Value];

const words: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, ["!!null", null]] as const),
  ...["true", "True", "TRUE"].map((word) => [word, ["!!bool", true]] as const),
  ...["false", "False", "FALSE"].map((word) => [word, ["!!bool", false]] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, ["!!float", float(Number.NaN)]] as const),
  ...[".inf", ".Inf", ".INF"].flatMap((word) => [
    [word, ["!!float", float(Number.POSITIVE_INFINITY)]] as const,
    [`+${word}`, ["!!float", float(Number.POSITIVE_INFINITY)]] as const,
    [`-${word}`, ["!!float", float(Number.NEGATIVE_INFINITY)]] as const,
  ]),
]);
const resolvable = new Set(["!!bool", "!!int", "!!float", "!!null", "!!timestamp", ""]);

/** The tag and the value of a scalar, as `yaml.v3` resolves it. Throws a `Mismatch` where its text is not of its tag. */
export function resolveYamlScalar({ text, tag, isPlain }: YamlScalar): Resolved {
  if (tag === "!!str" || (tag === "" && !isPlain)) return ["!!str", text];
  if (tag === "" && text === "<<") return ["!!merge", text];
  if (tag === "!!binary") return [tag, binary(text)];
  if (!resolvable.has(tag)) return [tag, text];
  const resolved = words.get(text) ?? numberOrTime(text, tag) ?? (["!!str", text] as const);
  const [found, value] = resolved;
  if (tag === "" || tag === found) return resolved;
  const isInt = typeof value === "object" && value !== null && "kind" in value && value.kind === "int";
  if (tag === "!!float" && isInt) return [tag, float(Number(value.value))];
  throw new Mismatch(`yaml: cannot decode ${found} \`${text}\` as a ${tag}`);
}

function binary(text: string): string {
  const bytes = decodeBase64(text, { url: false });
  if ("illegalAt" in bytes) throw new Mismatch("yaml: !!binary value contains invalid base64 data");
  return textOfBytes(bytes);
}

function numberOrTime(text: string, tag: string): Resolved | undefined {
  if (text.startsWith(".")) return fraction(text);
  if (!/^[-+\d]/.test(text)) return undefined;
  const time = tag === "" || tag === "!!timestamp" ? timestamp(text) : undefined;
  if (time !== undefined) return ["!!timestamp", time];
  const plain = text.replaceAll("_", "");
  const whole = wholeNumber(plain);
  if (whole !== undefined) return ["!!int", whole];
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? fraction(plain) : undefined;
}

function fraction(text: string): Resolved | undefined {
  const value = parseFloat64(text);
  return value === undefined ? undefined : ["!!float", float(value)];
}

function wholeNumber(text: string): Value | undefined {
  const found = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/.exec(text);
  if (!found || text.length > 80) return undefined;
  const [, sign, hex, bits, octal, decimal] = found;
  const digits = hex !== undefined ? `0x${hex}` : bits !== undefined ? `0b${bits}` : octal ? `0o${octal}` : decimal;
  const size = BigInt(digits ?? "0");
  const value = sign === "-" ? -size : size;
  if (value >= -(1n << 63n) && value < 1n << 63n) return int(value);
  return sign === "" && value < 1n << 64n ? uint(value) : undefined;
}

const timeShape =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)?)?$/;

/** A time as text of RFC 3339, which is what the language makes of it. */
function timestamp(text: string): string | undefined {
  const found = timeShape.exec(text);
  if (!found) return undefined;
  const [, year = "", month = "", day = "", mark, ...rest] = found;
  const [hour = "0", minute = "0", second = "0", decimals = "", zone] = rest;
  // With a letter in the middle a zone is needed, with a blank there may be none.
  if (mark !== undefined && (mark === " ") !== (zone === undefined)) return undefined;
  const days = new Date(Date.UTC(Number(year) || 400, Number(month), 0)).getUTCDate();
  const isDate = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days;
  if (!isDate || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (zone !== undefined && zone !== "Z" && (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4)) > 60))
    return undefined;
  const two = (part: string) => part.padStart(2, "0");
  const shown = decimals.slice(0, 9).replace(/0+$/, "");
  const offset = zone === undefined || /^[-+]00:00$/.test(zone) ? "Z" : zone;
  const clock = `${two(hour)}:${two(minute)}:${two(second)}${shown === "" ? "" : `.${shown}`}`;
  return `${year}-${two(month)}-${two(day)}T${clock}${offset}`;
}
