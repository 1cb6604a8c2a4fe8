import { isObject } from "../../shared/json-document.ts";
/** A JSON object as it comes: any key may hold anything, or nothing. */
export type Tree = Readonly<Record<string, unknown>>;

/** `value` as an object; an empty one where it is none. */
export function tree(value: unknown): Tree {
  return isObject(value) ? (value as Tree) : {};
}

/** The objects in `value`; none where it is not an array. */
export function list(value: unknown): Tree[] {
  return Array.isArray(value) ? value.map(tree) : [];
}

/** `value` as text; empty where it is neither text nor number. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
