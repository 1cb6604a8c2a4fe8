import { nearest } from "../nearest.ts";
import type { Table } from "./arguments.ts";

/** What was probably meant by a name that a table does not have, as a sentence; undefined when nothing suggests itself. */
export function suggestField(name: string, table: Table): string | undefined {
  const { fields, hints = {} } = table;
  if (Object.hasOwn(hints, name)) return hints[name];
  for (const [block, field] of Object.entries(fields)) {
    if (field.kind === "attribute" || field.kind === "family") continue;
    const inner = field.tables[""]?.fields ?? {};
    if (Object.hasOwn(inner, name)) return `${name} belongs inside of the ${block} block.`;
  }
  const names = Object.entries(fields).flatMap(([key, field]) =>
    field.kind === "family" ? Object.keys(field.tables).map((member) => `${key}.${member}`) : [key],
  );
  const meant = nearest(name, names);
  return meant === undefined ? undefined : `Did you mean ${meant}?`;
}
