import { type ArgumentType, decodePart, shouldBe } from "./argument-type.ts";
import { type Attribute, defaultsOf, type Table } from "./arguments.ts";
import { equalArguments } from "./equal-arguments.ts";
import { Mismatch, within } from "./mismatch.ts";
import { isObject, type Value } from "./value.ts";

/** An object with the attributes of a table. As in Alloy, what is missing is its default, required or not. */
export function struct<Args>(name: string, table: Table<Args>): ArgumentType<Args, undefined> {
  return {
    name,
    absent: undefined,
    zero: defaultsOf(table),
    decode(value) {
      if (!isObject(value)) throw shouldBe("object", value);
      const args: Record<string, unknown> = { ...(defaultsOf(table) as object) };
      for (const [key, each] of value) {
        const field = Object.hasOwn(table.fields, key) ? table.fields[key] : undefined;
        if (field?.kind !== "attribute") throw new Mismatch(`does not have field named ${JSON.stringify(key)}`);
        args[key] = within(key, () => decodeAttribute(key, field, each));
      }
      const completed = table.complete?.(args as Args) ?? (args as Args);
      const problem = table.validate?.(completed);
      if (problem !== undefined) throw new Mismatch(problem);
      return completed;
    },
    encode: (args) => encodeFields(table, args),
  };
}

/** What is written for one attribute. Throws a `Mismatch`, also when it is not supported and differs from its default. */
export function decodeAttribute(
  name: string,
  { type, initial, unsupported }: Attribute<unknown>,
  value: Value,
): unknown {
  const decoded = value === null ? nullOf(type) : decodePart(type, value);
  if (unsupported !== undefined && !equalArguments(decoded, initial)) {
    throw new Mismatch(`${JSON.stringify(name)} is not supported: ${unsupported}`);
  }
  return decoded;
}

/** The attributes of a table as an object of the language. */
export function encodeFields<Args>(table: Table<Args>, args: Args): Value {
  const fields = new Map<string, Value>();
  for (const [name, field] of Object.entries(table.fields)) {
    const value = (args as Readonly<Record<string, unknown>>)[name];
    if (field.kind === "attribute" && value !== undefined) fields.set(name, field.type.encode(value));
  }
  return fields;
}

function nullOf(type: ArgumentType<unknown, unknown>): unknown {
  if (type.zero === undefined && type.absent === undefined) return undefined;
  return type.absent ?? type.zero;
}
