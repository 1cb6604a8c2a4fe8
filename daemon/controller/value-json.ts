import type { Block, Table } from "../../shared/alloy/arguments.ts";
import { equalArguments } from "../../shared/alloy/equal-arguments.ts";
import { sortedKeys } from "../../shared/alloy/go-text.ts";
import {
  isArray,
  isCapsule,
  isObject,
  isOptionalSecret,
  type ObjectValue,
  type Value,
} from "../../shared/alloy/value.ts";
import { capsuleName } from "./capsule-names.ts";

/** A value as Alloy's API shows it: `{type, value}`; never a secret. */
export function valueJson(value: Value): unknown {
  if (value === null) return { type: "null", value: null };
  if (typeof value === "string") return { type: "string", value };
  if (typeof value === "boolean") return { type: "bool", value };
  if (isArray(value)) return { type: "array", value: value.map(valueJson) };
  if (isObject(value)) {
    const fields = sortedKeys(value).map((key) => ({ key, value: valueJson(value.get(key) ?? null) }));
    return { type: "object", value: fields };
  }
  if (isCapsule(value)) {
    if (isOptionalSecret(value) && !value.content.secret) return { type: "string", value: value.content.text.reveal() };
    const hidden = value.type.startsWith("alloytypes.");
    const name = capsuleName(value.content) ?? `capsule(${JSON.stringify(value.type)})`;
    return { type: "capsule", value: hidden ? "(secret)" : name };
  }
  return value.kind === "function"
    ? { type: "function", value: "function" }
    : { type: "number", value: Number(value.value) };
}

/** Decoded arguments as Alloy's API shows a body: what differs from its default, blocks inside. */
export function argumentsJson(table: Table, args: unknown): readonly unknown[] {
  const given = args as Readonly<Record<string, unknown>>;
  return Object.entries(table.fields).flatMap(([name, field]): readonly unknown[] => {
    const value = given[name];
    if (value === undefined) return [];
    if (field.kind !== "attribute") return blocksJson(name, field, value);
    if (!field.required && equalArguments(value, field.initial)) return [];
    return [{ name, type: "attr", value: valueJson(field.type.encode(value)) }];
  });
}

function blocksJson(name: string, field: Block<unknown>, value: unknown): readonly unknown[] {
  if (field.kind === "family") {
    const members = value as readonly { readonly member: string; readonly args: unknown }[];
    return members.flatMap(({ member, args }) => blockJson(`${name}.${member}`, field.tables[member], args));
  }
  const each = field.kind === "blocks" ? (value as readonly unknown[]) : [value];
  if (field.kind === "block" && !field.required && equalArguments(value, field.initial)) return [];
  return each.flatMap((args) => blockJson(name, field.tables[""], args));
}

function blockJson(name: string, table: Table | undefined, args: unknown): readonly unknown[] {
  if (!table) return [];
  const { label } = args as { readonly label?: string };
  return [{ name, type: "block", ...(label === undefined ? {} : { label }), body: argumentsJson(table, args) }];
}

/** Exports as Alloy's API shows a body. */
export function exportsJson(exports: ObjectValue): readonly unknown[] {
  return [...exports].map(([name, value]) => ({ name, type: "attr", value: valueJson(value) }));
}

/** Debug information, plain data of any depth, as a body. */
export function plainJson(info: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(info).flatMap(([name, value]): readonly unknown[] =>
    Array.isArray(value) && value.every(isRecord)
      ? value.map((each) => ({ name, type: "block", body: plainJson(each) }))
      : [{ name, type: "attr", value: valueJson(plainValue(value)) }],
  );
}

function plainValue(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return { kind: "float", value };
  if (typeof value === "bigint") return { kind: "float", value: Number(value) };
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [String(key), plainValue(each)]));
  if (value instanceof Date) return value.toISOString();
  if (isRecord(value)) return new Map(Object.entries(value).map(([key, each]) => [key, plainValue(each)]));
  return String(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
