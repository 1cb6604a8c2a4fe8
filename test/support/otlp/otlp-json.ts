import fc from "fast-check";
import type { Field, Message } from "../../../shared/wire/schema.ts";
import type { JsonObject, JsonValue } from "../../../shared/wire/to-json.ts";
import { anyText } from "../any-text.ts";

/** How deep the generated messages go: enough for an attribute list inside the attribute of an exemplar. */
const maxDepth = 12;

/**
 * OTLP/JSON as `toJson` writes it, for every field of a message's schema: no implicit zeros, 64-bit integers as
 * strings, ids in lower-case hex, one member of each oneof.
 */
export function otlpJson(message: Message, depth = 0): fc.Arbitrary<JsonObject> {
  const fields = message.fields.filter((field) => field.jsonName !== undefined && (depth < maxDepth || !field.message));
  const alone = fields.filter((field) => field.oneof === undefined);
  const members = fields.filter((field) => field.oneof !== undefined);
  const model = Object.fromEntries(alone.map((field) => [nameOf(field), fieldValue(field, depth)]));
  const containers = alone.filter((field) => field.cut !== undefined).map(nameOf);
  const rest = fc.record(model, { requiredKeys: containers });
  if (members.length === 0) return rest;
  const choice = fc.oneof(
    fc.constant({}),
    ...members.map((field) => fieldValue(field, depth).map((value) => ({ [nameOf(field)]: value }))),
  );
  return fc.tuple(rest, choice).map(([fixed, chosen]) => ({ ...fixed, ...chosen }));
}

function nameOf(field: Field): string {
  return field.jsonName ?? field.name;
}

function fieldValue(field: Field, depth: number): fc.Arbitrary<JsonValue> {
  const { message } = field;
  const one = message === undefined ? scalar(field) : fc.constant(0).chain(() => otlpJson(message, depth + 1));
  const element = field.repeated || field.explicit || message ? one : one.filter((value) => !isZero(value));
  return field.repeated ? fc.array(element, { minLength: 1, maxLength: 2 }) : element;
}

function isZero(value: JsonValue): boolean {
  return value === "" || value === "0" || Object.is(value, 0) || value === false;
}

function scalar(field: Field): fc.Arbitrary<JsonValue> {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  switch (field.type) {
    case "string":
      return anyText({ maxLength: 12 });
    case "bytes":
      if (field.idLengths) return bytes(Math.max(...field.idLengths)).map((id) => Buffer.from(id).toString("hex"));
      return fc.uint8Array({ maxLength: 9 }).map((value) => Buffer.from(value).toString("base64"));
    case "bool":
      return fc.boolean();
    case "double":
      return fc.double().map((value) => (Number.isFinite(value) && !Object.is(value, -0) ? value : text(value)));
    case "uint32":
    case "fixed32":
      return fc.nat({ max: 2 ** 32 - 1 });
    case "fixed64":
    case "uint64":
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
    case "sfixed64":
    case "int64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
    default:
      return fc.integer();
  }
}

function text(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
