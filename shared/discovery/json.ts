import { isObject } from "../json-document.ts";
/** A JSON object as an API sent it; its fields are looked at one by one. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value when it is an object, else an empty one: what an API leaves out and what it sends as null are the same. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}

/** The objects of an array; empty when it is not one. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** The value when it is text, else undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The value when it is a number, else undefined. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The entries of an object whose values are text, such as labels. */
export function textsOf(value: unknown): [string, string][] {
  return Object.entries(objectOf(value)).flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : []));
}
