import { formatExponent, formatPlain } from "../../go-number.ts";
import { sortedKeys } from "../go-text.ts";
import { Mismatch } from "../mismatch.ts";
import { isArray, isObject, type Value } from "../value.ts";

/** How JavaScript writes a byte that is not UTF-8. */
const invalid = /(?<=(?<!\\)(?:\\\\)*)\\udc[89a-f][0-9a-f]/g;
const escapes = /[<>&\u2028\u2029]/g;

/** A value as Go's `encoding/json` writes it: keys sorted, `<`, `>` and `&` escaped. Secrets and functions are refused. */
export function writeJson(value: Value): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    return JSON.stringify(value)
      .replace(invalid, "\\ufffd")
      .replace(escapes, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
  if (isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (isObject(value)) {
    return `{${sortedKeys(value)
      .map((key) => `${writeJson(key)}:${writeJson(value.get(key) ?? null)}`)
      .join(",")}}`;
  }
  if (value.kind === "float") return floatJson(value.value);
  if (value.kind === "int" || value.kind === "uint") return String(value.value);
  throw new Mismatch(`cannot encode a ${value.kind === "capsule" ? "secret or receiver" : "function"} as JSON`);
}

function floatJson(value: number): string {
  if (!Number.isFinite(value)) throw new Mismatch(`json: unsupported value: ${formatPlain(value)}`);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-6 || size >= 1e21)) return formatExponent(value).replace(/e-0(\d)$/, "e-$1");
  return formatPlain(value);
}
