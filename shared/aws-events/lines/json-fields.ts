import { asObject, type UnknownObject } from "../../json-document.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";

/** What one field of a document becomes: the path of the field, with dots between names, and the attribute's name. */
export type FieldRow = readonly [path: string, name: string];

/** Parses a line that is a JSON object; undefined for anything else. Never throws. */
export function parseLine(line: string): UnknownObject | undefined {
  if (!/^\s*\{/.test(line)) return undefined;
  try {
    return asObject(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Prepares rows for `readFields`. */
export function fieldTable(
  rows: readonly FieldRow[],
): readonly { readonly path: readonly string[]; readonly name: string }[] {
  return rows.map(([path, name]) => ({ path: path.split("."), name }));
}

/** The attributes of a document by a table: texts, numbers and booleans as they are, anything else and what is absent adds nothing. */
export function readFields(document: UnknownObject, table: ReturnType<typeof fieldTable>): Attribute[] {
  const attributes: Attribute[] = [];
  for (const { path, name } of table) {
    const value = valueAt(document, path);
    if (typeof value === "number" || typeof value === "boolean") attributes.push({ name, value });
    else if (typeof value === "string" && value !== "") attributes.push({ name, value });
  }
  return attributes;
}

function valueAt(document: UnknownObject, path: readonly string[]): unknown {
  let value: unknown = document;
  for (const name of path) value = asObject(value)?.[name];
  return value;
}
