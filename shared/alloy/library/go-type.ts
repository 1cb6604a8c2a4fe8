import { isArray, isObject, type Value } from "../value.ts";

/** The name of the type that Go has for a value in an interface. */
export function goType(value: Value): string {
  if (value === null) return "<nil>";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (isArray(value)) return "[]interface {}";
  if (isObject(value)) return "map[string]interface {}";
  if (value.kind === "int") return "int";
  if (value.kind === "uint") return value.value < 1n << 63n ? "int" : "uint64";
  return value.kind === "float" ? "float64" : value.kind;
}
