import type { FieldCursor } from "../../wire/field-cursor.ts";
import { formatGoFloat } from "../go-float.ts";
import type { OtlpAttribute } from "./otlp-metrics.ts";
import { doubleOf, inside, textOf } from "./wire-values.ts";

/** Deeper values are left out: the scan has its own, lower limit. */
const maxDepth = 64;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Reads a `KeyValue`; lists and maps become JSON, bytes base64, as the Collector's `AsString` does. */
export function readAttribute(cursor: FieldCursor): OtlpAttribute {
  let key = "";
  let value = "";
  while (cursor.next()) {
    if (cursor.number === 1) {
      key = textOf(cursor);
    } else if (cursor.number === 2) {
      value = valueText(anyValueOf(inside(cursor), 0));
    }
  }
  return [key, value];
}

interface Raw {
  readonly kind: "plain" | "int" | "double" | "structure";
  readonly value: Json;
}

function valueText({ kind, value }: Raw): string {
  if (kind === "structure") {
    return JSON.stringify(value);
  }
  if (kind === "double") {
    return doubleText(Number(value));
  }
  return value === null ? "" : String(value);
}

/** As Go's `json` prints a float64: an exponent below 1e-6 and from 1e21. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) {
    return formatGoFloat(value);
  }
  return String(value).replace(/e([+-])(\d)$/, (_, sign: string, digit: string) => `e${sign}0${digit}`);
}

function anyValueOf(cursor: FieldCursor, depth: number): Raw {
  let found: Raw = { kind: "plain", value: null };
  while (depth < maxDepth && cursor.next()) {
    switch (cursor.number) {
      case 1:
        found = { kind: "plain", value: textOf(cursor) };
        break;
      case 2:
        found = { kind: "plain", value: cursor.bytes[cursor.valueStart] === 1 };
        break;
      case 3:
        found = { kind: "int", value: intText(cursor) };
        break;
      case 4:
        found = { kind: "double", value: doubleOf(cursor) };
        break;
      case 5:
        found = { kind: "structure", value: listOf(inside(cursor), depth + 1) };
        break;
      case 6:
        found = { kind: "structure", value: mapOf(inside(cursor), depth + 1) };
        break;
      case 7: {
        const bytes = cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd);
        found = { kind: "plain", value: Buffer.from(bytes).toString("base64") };
        break;
      }
    }
  }
  return found;
}

function listOf(cursor: FieldCursor, depth: number): Json[] {
  const out: Json[] = [];
  while (cursor.next()) {
    if (cursor.number === 1) {
      out.push(jsonOf(anyValueOf(inside(cursor), depth)));
    }
  }
  return out;
}

function mapOf(cursor: FieldCursor, depth: number): { readonly [key: string]: Json } {
  const out: [string, Json][] = [];
  while (cursor.next()) {
    if (cursor.number === 1) {
      const pair = inside(cursor);
      let key = "";
      let value: Json = null;
      while (pair.next()) {
        if (pair.number === 1) {
          key = textOf(pair);
        } else if (pair.number === 2) {
          value = jsonOf(anyValueOf(inside(pair), depth));
        }
      }
      out.push([key, value]);
    }
  }
  return Object.fromEntries(out.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Integers are text, so that they keep all their digits; inside JSON they are numbers. */
function jsonOf({ kind, value }: Raw): Json {
  return kind === "int" ? Number(value) : value;
}

function intText(cursor: FieldCursor): string {
  let value = 0n;
  for (let at = cursor.valueEnd - 1; at >= cursor.valueStart; at--) {
    value = value * 128n + BigInt((cursor.bytes[at] ?? 0) & 127);
  }
  return String(BigInt.asIntN(64, value));
}
