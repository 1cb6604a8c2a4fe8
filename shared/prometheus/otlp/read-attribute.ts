import type { FieldCursor } from "../../wire/field-cursor.ts";
import { compareNames } from "../labels.ts";
import type { OtlpAttribute } from "./otlp-metrics.ts";
import { doubleOf, inside, textOf } from "./wire-values.ts";

/** Deeper values are left out: the scan has its own, lower limit. */
const maxDepth = 64;

/** Reads a `KeyValue`; lists and maps become JSON, bytes base64, as the Collector's `AsString` does. */
export function readAttribute(cursor: FieldCursor): OtlpAttribute {
  let key = "";
  let value = "";
  while (cursor.next()) {
    if (cursor.number === 1) {
      key = textOf(cursor);
    } else if (cursor.number === 2) {
      value = anyValueOf(inside(cursor), 0).text;
    }
  }
  return [key, value];
}

/** A value as text. `inJson`: how it stands inside of JSON, which has nothing for a double that is not finite. */
interface Read {
  readonly text: string;
  readonly inJson: "null" | "quoted" | "bare" | "nothing";
}

const empty: Read = { text: "", inJson: "null" };

function bare(text: string): Read {
  return { text, inJson: "bare" };
}

/** Empty where there is no JSON for it: Go then writes none of the whole either. */
function jsonOf({ text, inJson }: Read): string {
  switch (inJson) {
    case "null":
      return "null";
    case "quoted":
      return jsonString(text);
    case "bare":
      return text;
    case "nothing":
      return "";
  }
}

/** Go writes two separators of lines as escapes, which JavaScript does not, and leaves alone what would be markup. */
function jsonString(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** A float64 as the Collector writes it. */
function doubleRead(value: number): Read {
  if (Number.isFinite(value)) {
    return bare(Object.is(value, -0) ? "-0" : String(value));
  }
  return { text: String(value), inJson: "nothing" };
}

function anyValueOf(cursor: FieldCursor, depth: number): Read {
  let found = empty;
  while (depth < maxDepth && cursor.next()) {
    switch (cursor.number) {
      case 1:
        found = { text: textOf(cursor), inJson: "quoted" };
        break;
      case 2:
        found = bare(String(cursor.bytes[cursor.valueStart] === 1));
        break;
      case 3:
        found = bare(intText(cursor));
        break;
      case 4:
        found = doubleRead(doubleOf(cursor));
        break;
      case 5:
        found = listOf(inside(cursor), depth + 1);
        break;
      case 6:
        found = mapOf(inside(cursor), depth + 1);
        break;
      case 7: {
        const bytes = cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd);
        found = bytes.length === 0 ? empty : { text: Buffer.from(bytes).toString("base64"), inJson: "quoted" };
        break;
      }
    }
  }
  return found;
}

function listOf(cursor: FieldCursor, depth: number): Read {
  const elements: string[] = [];
  while (cursor.next()) {
    if (cursor.number === 1) {
      elements.push(jsonOf(anyValueOf(inside(cursor), depth)));
    }
  }
  return bare(elements.includes("") ? "" : `[${elements.join(",")}]`);
}

/** The keys in order, of two of the same name the last. */
function mapOf(cursor: FieldCursor, depth: number): Read {
  const fields = new Map<string, string>();
  while (cursor.next()) {
    if (cursor.number !== 1) {
      continue;
    }
    const pair = inside(cursor);
    let key = "";
    let value = empty;
    while (pair.next()) {
      if (pair.number === 1) {
        key = textOf(pair);
      } else if (pair.number === 2) {
        value = anyValueOf(inside(pair), depth);
      }
    }
    fields.set(key, jsonOf(value));
  }
  const sorted = [...fields].sort(([a], [b]) => compareNames(a, b));
  const isWhole = sorted.every(([, json]) => json !== "");
  return bare(isWhole ? `{${sorted.map(([key, json]) => `${jsonString(key)}:${json}`).join(",")}}` : "");
}

function intText(cursor: FieldCursor): string {
  let value = 0n;
  for (let at = cursor.valueEnd - 1; at >= cursor.valueStart; at--) {
    value = value * 128n + BigInt((cursor.bytes[at] ?? 0) & 127);
  }
  return String(BigInt.asIntN(64, value));
}
