import type { Secret } from "../secret.ts";

/**
 * A value of the language. Text is a JavaScript string in which a byte that is not UTF-8 is a lone surrogate U+DC80…U+DCFF
 * (text.ts), objects are maps, numbers keep their kind, and secrets and receivers are capsules.
 */
export type Value = null | boolean | string | NumberValue | readonly Value[] | ObjectValue | FunctionValue | Capsule;

/** An object, its keys in order. */
export type ObjectValue = ReadonlyMap<string, Value>;

/** A number as Go holds it: int64 and uint64 exactly, float64 otherwise. */
export type NumberValue =
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "uint"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number };

/** A function of the standard library. `call` throws a `Mismatch` for arguments that it does not take. */
export interface FunctionValue {
  readonly kind: "function";
  call(args: readonly Value[]): Value;
}

/** Something that the language passes on without looking inside: a receiver, a handler, a secret. */
export interface Capsule {
  readonly kind: "capsule";
  /** Name of its type as messages show it: `storage.Appendable`. */
  readonly type: string;
  /** Two capsules are equal when their contents are the same object, or secrets of the same text. */
  readonly content: object;
}

/** The type names that messages use. */
export type TypeName = "null" | "bool" | "string" | "number" | "array" | "object" | "function" | "capsule";

/** Type names of the two capsules that hold text. */
export const secretType = "alloytypes.Secret";
/** The type of a capsule that may be secret. */
export const optionalSecretType = "alloytypes.OptionalSecret";

/** The type of a value as messages name it. */
export function typeOf(value: Value): TypeName {
  if (value === null) return "null";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (isArray(value)) return "array";
  if (isObject(value)) return "object";
  return value.kind === "function" || value.kind === "capsule" ? value.kind : "number";
}

/** Whether a value is an array. */
export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is an object. */
export function isObject(value: Value): value is ObjectValue {
  return value instanceof Map;
}

/** Whether a value is a number of any kind. */
export function isNumber(value: Value): value is NumberValue {
  return typeOf(value) === "number";
}

/** Whether a value is a capsule. */
export function isCapsule(value: Value): value is Capsule {
  return typeOf(value) === "capsule";
}

/** An int64; what does not fit wraps, as in Go. */
export function int(value: bigint | number): NumberValue {
  return { kind: "int", value: BigInt.asIntN(64, BigInt(value)) };
}

/** A uint64; what does not fit wraps, as in Go. */
export function uint(value: bigint | number): NumberValue {
  return { kind: "uint", value: BigInt.asUintN(64, BigInt(value)) };
}

/** A float64. */
export function float(value: number): NumberValue {
  return { kind: "float", value };
}

/** A capsule that never becomes a string. */
export function secretValue(content: Secret): Capsule {
  return { kind: "capsule", type: secretType, content };
}

/** What an optional secret holds. */
export interface OptionalSecretContent {
  readonly secret: boolean;
  readonly text: Secret;
}

/** Whether a capsule is a text that may be secret. */
export function isOptionalSecret(value: Capsule): value is Capsule & { readonly content: OptionalSecretContent } {
  return value.type === optionalSecretType;
}

/** Text that may be secret, as `local.file` exports it. */
export function optionalSecretValue(content: OptionalSecretContent): Capsule {
  return { kind: "capsule", type: optionalSecretType, content };
}
