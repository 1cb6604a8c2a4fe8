import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments, type Scalar, type YAMLMap } from "yaml";
import { Mismatch } from "../mismatch.ts";
import { float, int, uint, type Value } from "../value.ts";

const maxNodes = 1_000_000;

/**
 * YAML as Go's `yaml.v3` reads it: `yes` is text, `010` octal, `~` null, `<<` merges; a map with keys that are not text is nothing
 * that the language can look into. The first document only.
 */
export function parseYaml(text: string): Value {
  const [document] = parseAllDocuments(text, { schema: "failsafe", uniqueKeys: true, logLevel: "silent" });
  if (!document || !("contents" in document)) return null;
  const [error] = document.errors;
  if (error) throw new Mismatch(`yaml: ${error.message.split("\n")[0] ?? ""}`);
  let left = maxNodes;
  return valueAt(document.contents as Node | null);

  function valueAt(node: Node | null | undefined): Value {
    if (left-- <= 0) throw new Mismatch("yaml: document contains excessive aliasing");
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return valueAt(node.resolve(document as never) as Node | undefined);
    if (isScalar(node)) return scalarValue(node);
    if (isSeq(node)) return node.items.map((item) => valueAt(item as Node));
    if (isMap(node)) return mapValue(node);
    return null;
  }

  function mapValue(node: YAMLMap): Value {
    const fields = new Map<string, Value>();
    for (const { key, value } of node.items) {
      const name = valueAt(key as Node);
      if (name === "<<") {
        for (const [inner, each] of mergedInto(valueAt(value as Node))) if (!fields.has(inner)) fields.set(inner, each);
      } else if (typeof name === "string") fields.set(name, valueAt(value as Node));
      else return { kind: "capsule", type: "map[interface {}]interface {}", content: {} };
    }
    return fields;
  }
}

function mergedInto(value: Value): readonly [string, Value][] {
  if (value instanceof Map) return [...value];
  if (Array.isArray(value)) return value.flatMap(mergedInto);
  throw new Mismatch("yaml: map merge requires map or sequence of maps as the value");
}

function scalarValue({ value, type, tag }: Scalar): Value {
  const text = typeof value === "string" ? value : String(value ?? "");
  if (type !== "PLAIN" || tag === "!" || tag === "tag:yaml.org,2002:str") return text;
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  return wholeNumber(text.replaceAll("_", "")) ?? fraction(text) ?? text;
}

function wholeNumber(text: string): Value | undefined {
  const found = /^([+-]?)(?:0x([0-9a-fA-F]{1,16})|0b([01]{1,64})|0o?([0-7]{1,22})|(0|[1-9]\d{0,19}))$/.exec(text);
  if (!found) return undefined;
  const [, sign, hex, bits, octal, decimal] = found;
  const digits = hex !== undefined ? `0x${hex}` : bits !== undefined ? `0b${bits}` : octal ? `0o${octal}` : decimal;
  const size = BigInt(digits ?? "0");
  const value = sign === "-" ? -size : size;
  if (value >= -(1n << 63n) && value < 1n << 63n) return int(value);
  return value >= 0n && value < 1n << 64n ? uint(value) : float(Number(value));
}

function fraction(text: string): Value | undefined {
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return float(Number(text));
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) {
    return float(text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  }
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? float(Number.NaN) : undefined;
}
