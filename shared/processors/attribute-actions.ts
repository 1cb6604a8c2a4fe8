import { hash } from "node:crypto";
import { type AnyValue, copyValue, keyOf, type MapValue } from "../edit/any-value.ts";
import { OttlError } from "../ottl/failure.ts";
import { parseGoFloat } from "../ottl/go-number.ts";
import { decimalInt, doubleToInt } from "../ottl/like.ts";
import { valueText } from "../ottl/text.ts";
import { compileRe2, type Re2 } from "../re2/re2.ts";
import type { RequestContext } from "./processor.ts";

/** A value of a configuration: ints as bigint. */
export type ConfigValue = AnyValue;

/** A block `action` of otelcol.processor.attributes. */
export interface ActionArguments {
  readonly key?: string;
  readonly action: string;
  readonly value?: ConfigValue;
  readonly pattern?: string;
  readonly from_attribute?: string;
  readonly from_context?: string;
  readonly converted_type?: string;
}

export type CompiledAction = (attributes: MapValue, context: RequestContext) => void;
type Source = (attributes: MapValue, context: RequestContext) => AnyValue | undefined;

/** Reads an action; `index` is for messages. Throws `OttlError`. */
export function compileAction(action: ActionArguments, index: number): CompiledAction {
  const name = action.action.toLowerCase();
  const fail = (text: string): OttlError =>
    new OttlError(`action ${index}, key ${JSON.stringify(action.key ?? "")}: ${text}`);
  checkFields(action, name, fail);
  const key = keyOf(action.key ?? "");
  switch (name) {
    case "insert":
    case "update":
    case "upsert": {
      const source = sourceOf(action, fail);
      return (attributes, context) => {
        if (name !== "upsert" && attributes.has(key) !== (name === "update")) return;
        const value = source(attributes, context);
        if (value !== undefined) attributes.set(key, value);
      };
    }
    case "delete": {
      const pattern = action.pattern ? patternOf(action.pattern, fail) : undefined;
      return (attributes) => {
        if (action.key) attributes.delete(key);
        if (pattern) attributes.edit((each) => (pattern.test(each) ? "remove" : undefined));
      };
    }
    case "hash": {
      const pattern = action.pattern ? patternOf(action.pattern, fail) : undefined;
      return (attributes) => {
        const value = action.key ? attributes.get(key) : undefined;
        if (value !== undefined) attributes.set(key, hashOf(value));
        if (pattern) attributes.edit((each, read) => (pattern.test(each) ? { value: hashOf(read()) } : undefined));
      };
    }
    case "extract":
      return extractor(action, fail);
    case "convert": {
      const convert = converters[action.converted_type as keyof typeof converters];
      return (attributes) => {
        const value = attributes.get(key);
        const converted = value === undefined ? undefined : convert(value);
        if (converted !== undefined && converted !== value) attributes.set(key, converted);
      };
    }
    default:
      throw fail(`unsupported action "${name}"`);
  }
}

const fieldNames = ["value", "from_attribute", "from_context", "pattern", "converted_type"] as const;
const used: Readonly<Record<string, readonly (typeof fieldNames)[number][]>> = {
  insert: ["value", "from_attribute", "from_context"],
  update: ["value", "from_attribute", "from_context"],
  upsert: ["value", "from_attribute", "from_context"],
  delete: ["pattern"],
  hash: ["pattern"],
  extract: ["pattern"],
  convert: ["converted_type"],
};

function checkFields(action: ActionArguments, name: string, fail: (text: string) => OttlError): void {
  const allowed = Object.hasOwn(used, name) ? used[name] : undefined;
  if (!allowed) throw fail(`unsupported action "${action.action}"`);
  const takesPattern = name === "delete" || name === "hash";
  if (!action.key && !(takesPattern && action.pattern))
    throw new OttlError(`the action ${name} requires the key argument to be set${takesPattern ? ", or pattern" : ""}`);
  const set = fieldNames.filter(
    (field) => action[field] !== undefined && action[field] !== "" && action[field] !== null,
  );
  const extra = set.find((field) => !allowed.includes(field));
  if (extra) throw fail(`action "${name}" does not use the "${extra}" field. This must not be specified`);
  if (allowed.includes("value")) {
    const hasEmptyText = action.value === "";
    const sources = set.length + (hasEmptyText ? 1 : 0);
    if (sources > 1)
      throw fail("multiple value sources are set: value, from_attribute and from_context exclude each other");
    if (sources === 0) throw fail('either field "value", "from_attribute" or "from_context" must be specified');
  }
  if (name === "extract" && !action.pattern) throw fail('missing required field "pattern" for action "extract"');
  if (name === "convert") {
    if (!action.converted_type) throw fail('missing required field "converted_type" for action "convert"');
    if (!Object.hasOwn(converters, action.converted_type))
      throw fail(`invalid converted_type "${action.converted_type}": valid are int, double, string`);
  }
}

function patternOf(pattern: string, fail: (text: string) => OttlError): Re2 {
  const compiled = compileRe2(pattern);
  if (compiled.kind === "re2") return compiled.re2;
  throw fail(`field "pattern" has invalid pattern ${JSON.stringify(pattern)}: ${compiled.message}`);
}

function sourceOf(action: ActionArguments, fail: (text: string) => OttlError): Source {
  const { value, from_attribute: attribute, from_context: name } = action;
  if (attribute) {
    const key = keyOf(attribute);
    return (attributes) => {
      const found = attributes.get(key);
      return found === undefined ? undefined : copyValue(found);
    };
  }
  if (name) return (_attributes, context) => fromContext(name, context);
  if (value === undefined || value === null) throw fail("the value is missing");
  return () => value;
}

function fromContext(name: string, { metadata, clientAddress, auth }: RequestContext): string | undefined {
  if (name === "client.address") return clientAddress ?? "";
  if (name.startsWith("auth.")) return auth?.get(name.slice("auth.".length));
  return metadata.get(name.replace(/^metadata\./, "").toLowerCase())?.join(";");
}

function extractor(action: ActionArguments, fail: (text: string) => OttlError): CompiledAction {
  const pattern = patternOf(action.pattern ?? "", fail);
  const [, ...names] = pattern.groupNames;
  if (names.length === 0) throw fail('field "pattern" contains no named matcher groups');
  if (names.some((name) => name === undefined))
    throw fail('field "pattern" contains at least one unnamed matcher group');
  const keys = names.map((name) => keyOf(name ?? ""));
  const source = keyOf(action.key ?? "");
  return (attributes) => {
    const text = attributes.get(source);
    const groups = typeof text === "string" ? pattern.exec(text)?.groups : undefined;
    if (groups) for (const [index, key] of keys.entries()) attributes.set(key, groups[index + 1] ?? "");
  };
}

/** SHA-256 of the bytes of a value; nothing of maps, lists and bytes. */
function hashOf(value: AnyValue): string {
  if (typeof value === "string") return hash("sha256", value);
  if (typeof value === "boolean") return hash("sha256", Uint8Array.of(value ? 1 : 0));
  const view = new DataView(new ArrayBuffer(8));
  if (typeof value === "bigint") view.setBigInt64(0, value, true);
  else if (typeof value === "number") view.setFloat64(0, value, true);
  else return "";
  return hash("sha256", new Uint8Array(view.buffer));
}

/** What cannot be converted stays: undefined. */
const converters = {
  int: (value: AnyValue): AnyValue | undefined => {
    if (typeof value === "number") return doubleToInt(value);
    if (typeof value === "boolean") return value ? 1n : 0n;
    return typeof value === "string" ? decimalInt(value) : undefined;
  },
  double: (value: AnyValue): AnyValue | undefined => {
    if (typeof value === "bigint") return Number(value);
    if (typeof value === "boolean") return value ? 1 : 0;
    return typeof value === "string" ? parseGoFloat(value) : undefined;
  },
  string: (value: AnyValue): AnyValue => valueText(value),
};
