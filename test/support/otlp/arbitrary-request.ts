import fc from "fast-check";
import { signals } from "../../../shared/otlp/signals.ts";
import type { SignalName } from "../../../shared/signal.ts";
import type { Field, Message } from "../../../shared/wire/schema.ts";
import { oracle } from "./oracle.ts";

const maxDepth = 9;
const known = new Map<string, fc.Arbitrary<object>>();

/** Requests of a signal in every shape the schema allows, as OpenTelemetry's generated codec encodes them. */
export function arbitraryRequest(name: SignalName): fc.Arbitrary<Uint8Array> {
  const codec = oracle[name];
  return arbitraryMessage(signals[name].request, 0).map((object) => codec.encode(codec.fromObject(object)).finish());
}

function arbitraryMessage(message: Message, depth: number): fc.Arbitrary<object> {
  const key = `${message.name} ${depth}`;
  const arbitrary = known.get(key) ?? buildMessage(message, depth);
  known.set(key, arbitrary);
  return arbitrary;
}

function buildMessage(message: Message, depth: number): fc.Arbitrary<object> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  const members: string[] = [];
  for (const field of message.fields) {
    if (!field.jsonName || (field.message && depth >= maxDepth)) continue;
    const one = arbitraryValue(field, depth);
    model[field.jsonName] = field.repeated ? fc.array(one, { maxLength: field.cut ? 4 : 2 }) : one;
    if (field.oneof) members.push(field.jsonName);
  }
  const record: fc.Arbitrary<Record<string, unknown>> = fc.record(model, { requiredKeys: [] });
  if (members.length === 0) return record;
  return fc.tuple(record, fc.nat({ max: members.length })).map(([object, chosen]) => {
    return Object.fromEntries(
      Object.entries(object).filter(([name]) => !members.includes(name) || name === members[chosen]),
    );
  });
}

function arbitraryValue(field: Field, depth: number): fc.Arbitrary<unknown> {
  if (field.message) return arbitraryMessage(field.message, depth + 1);
  if (field.idLengths) return fc.constantFrom(...field.idLengths).chain((length) => bytes(length, length));
  switch (field.type) {
    case "string":
      return fc.string({ maxLength: 12 });
    case "bytes":
      return bytes(0, 12);
    case "bool":
      return fc.boolean();
    case "double":
      return fc.double();
    case "int64":
    case "sfixed64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
    case "uint64":
    case "fixed64":
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
    case "uint32":
    case "fixed32":
      return fc.nat({ max: 2 ** 32 - 1 });
    default:
      return fc.integer();
  }
}

function bytes(minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength, maxLength });
}
