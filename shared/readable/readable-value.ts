import { printable } from "../printable.ts";
import { list, type Tree, text, tree } from "./json-tree.ts";

const maxValue = 120;
const maxAttributes = 12;
const maxDepth = 4;

/** An AnyValue of OTLP/JSON for a person: strings plain, bytes by their length, arrays and maps in brackets. */
export function valueText(value: unknown, depth = 0): string {
  const any = tree(value);
  if (any.stringValue !== undefined) return plainText(text(any.stringValue));
  if (any.boolValue !== undefined) return String(any.boolValue);
  if (any.intValue !== undefined) return text(any.intValue);
  if (any.doubleValue !== undefined) return numberText(any.doubleValue);
  if (any.bytesValue !== undefined) return `<${Math.floor((text(any.bytesValue).length * 3) / 4)} bytes>`;
  if (depth >= maxDepth) return "…";
  if (any.arrayValue !== undefined) {
    const values = list(tree(any.arrayValue).values).slice(0, maxAttributes);
    return shorten(`[${values.map((each) => valueText(each, depth + 1)).join(", ")}]`);
  }
  if (any.kvlistValue !== undefined) {
    const pairs = list(tree(any.kvlistValue).values).slice(0, maxAttributes);
    return shorten(`{${pairs.map((pair) => pairText(pair, depth + 1)).join(", ")}}`);
  }
  return "";
}

/** Attributes as `key=value`, the first dozen. */
export function attributesText(attributes: readonly Tree[]): readonly string[] {
  const shown = attributes.slice(0, maxAttributes).map((pair) => pairText(pair, 0));
  const left = attributes.length - shown.length;
  return left > 0 ? [...shown, `+${left} attributes`] : shown;
}

function pairText({ key, value }: Tree, depth: number): string {
  const shown = valueText(value, depth);
  return `${plainText(text(key))}=${/[\s"]/.test(shown) ? JSON.stringify(shown) : shown}`;
}

/** At most six significant digits; counts and other integers in full. */
export function numberText(value: unknown): string {
  if (value === undefined || value === null) return "0";
  const number = Number(value);
  if (typeof value === "string" && /^-?\d+$/.test(value)) return value;
  return Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(6)));
}

/** The time of day in UTC of nanoseconds since the epoch; dashes where there is no time. */
export function instantText(nanoseconds: string): string {
  if (!/^\d{1,20}$/.test(nanoseconds) || /^0+$/.test(nanoseconds)) return "--:--:--.---";
  return new Date(Number(BigInt(nanoseconds) / 1_000_000n)).toISOString().slice(11, 23);
}

/** The time between two instants in nanoseconds, in the unit that reads best. */
export function durationText(start: string, end: string): string {
  if (!/^\d{1,20}$/.test(start) || !/^\d{1,20}$/.test(end)) return "";
  const nanoseconds = Number(BigInt(end) - BigInt(start));
  const [size, unit] = units.find(([least]) => Math.abs(nanoseconds) >= least) ?? [1, "ns"];
  return `${numberText(Number((nanoseconds / size).toPrecision(3)))}${unit}`;
}

const units: readonly (readonly [number, string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
];

/** Text of a sender, harmless for a terminal. */
export function plainText(value: string): string {
  return printable(value, maxValue);
}

function shorten(value: string): string {
  return value.length > maxValue ? `${value.slice(0, maxValue - 1)}…` : value;
}
