import { evaluate, type Scope } from "../../shared/alloy/evaluate.ts";
import { createLibrary } from "../../shared/alloy/library/library.ts";
import { parseExpression } from "../../shared/alloy/parse.ts";
import {
  float,
  isArray,
  isCapsule,
  isObject,
  isOptionalSecret,
  optionalSecretValue,
  secretValue,
  typeOf,
  type Value,
} from "../../shared/alloy/value.ts";
import { formatGeneral } from "../../shared/go-number.ts";
import { type Secret, secret } from "../../shared/secret.ts";
import type { LanguageCase } from "./language-cases.ts";

/** A library on a host of the tests' own. */
export function vectorLibrary(env: Readonly<Record<string, string>> = {}) {
  const constants = { hostname: "host", os: "linux", arch: "amd64", version: "v0.0.0" };
  return createLibrary({ env: (name) => env[name], constants });
}

/** The scope that the cases of the vectors are judged in. */
export function vectorScope({ env }: Pick<LanguageCase, "env">): Scope {
  const library = vectorLibrary(env);
  const scope = { variables: new Map<string, Value>(), library };
  const literals = {
    one: "1",
    two: "2",
    half: "0.5",
    yes: "true",
    name: '"abc"',
    list: '[1, "a", true]',
    empty: "[]",
    obj: '{a = 1, b = {c = "deep"}}',
    big: "18446744073709551615",
    nothing: "null",
    targets: '[{"__address__" = "a:1", x = "1"}, {"__address__" = "b:2", x = "2"}]',
  };
  for (const [name, source] of Object.entries(literals)) {
    const parsed = parseExpression(source);
    if (parsed.kind === "parsed") scope.variables.set(name, evaluate(parsed.tree.expression, scope));
  }
  scope.variables.set("inf", float(Number.POSITIVE_INFINITY));
  scope.variables.set("secret", secretValue(secret("s3cr3t")));
  scope.variables.set("open", optionalSecretValue({ secret: false, text: secret("open") }));
  scope.variables.set("shut", optionalSecretValue({ secret: true, text: secret("shut") }));
  return scope;
}

/** A value in the notation of the vectors. */
export function noted(value: Value): unknown {
  if (value === null) return { type: "null" };
  if (typeof value === "string") return { type: "string", value: value.toWellFormed() };
  if (typeof value === "boolean") return { type: "bool", value };
  if (isArray(value)) return { type: "array", value: value.map(noted) };
  if (isObject(value)) {
    return { type: "object", value: Object.fromEntries([...value].map(([key, each]) => [key, noted(each)])) };
  }
  if (isCapsule(value)) {
    if (!isOptionalSecret(value)) return { type: "secret", value: (value.content as Secret).reveal() };
    const { secret: isSecret, text } = value.content;
    return { type: "optional_secret", secret: isSecret, value: text.reveal() };
  }
  if (value.kind === "function") return { type: typeOf(value) };
  const kind = value.kind === "uint" && value.value < 1n << 63n ? "int" : value.kind;
  return { kind, type: "number", value: value.kind === "float" ? formatGeneral(value.value) : String(value.value) };
}
