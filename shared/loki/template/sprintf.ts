import { formatVerb } from "../../alloy/library/format-verb.ts";
import { float, int, type Value } from "../../alloy/value.ts";
import { sprintf as format, type ValueWriter } from "../../go-sprintf.ts";
import { TemplateTime, type TemplateValue } from "./nodes.ts";
import { printed } from "./values.ts";

const writer: ValueWriter<TemplateValue> = {
  maxWidth: 10_000,
  write: (value, verb, directive) => formatVerb(valueFor(verb, value), verb, directive),
  typeOf: typeName,
  wholeOf: (value) => (typeof value === "number" && Number.isInteger(value) ? value : undefined),
};

/** Go's `fmt.Sprintf`. A number without a fraction is whole, and a fraction too where the verb wants one. */
export function sprintf(pattern: string, args: readonly TemplateValue[]): string {
  return format(pattern, args, writer);
}

function valueFor(verb: string, value: TemplateValue): Value {
  if (typeof value === "object" && !(value instanceof TemplateTime)) printed(value);
  return simpleValue(verb, value);
}

/** Only of what `printed` has found to end. */
function simpleValue(verb: string, value: TemplateValue): Value {
  if (value === undefined) return null;
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && !"eEfFgG".includes(verb) ? int(value) : float(value);
  }
  if (typeof value !== "object") return value;
  if (value instanceof TemplateTime) return printed(value);
  if (value instanceof Map) return new Map([...value].map(([name, each]) => [name, simpleValue(verb, each)]));
  return (value as readonly TemplateValue[]).map((each) => simpleValue(verb, each));
}

function typeName(value: TemplateValue): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (value instanceof TemplateTime) return "time.Time";
  return value instanceof Map ? "map[string]interface {}" : "[]interface {}";
}
