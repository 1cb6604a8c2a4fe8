import { type ArgumentType, decodePart, shouldBe } from "./argument-type.ts";
import { goText } from "./go-text.ts";
import { Mismatch, within } from "./mismatch.ts";
import { type Capsule, isArray, isCapsule, isObject, type Value } from "./value.ts";

/** An array; each element by `of`. */
export function list<T>(of: ArgumentType<T, unknown>): ArgumentType<readonly T[]> {
  return {
    name: `list(${of.name})`,
    absent: [],
    zero: [],
    decode(value) {
      if (!isArray(value)) throw shouldBe("array", value);
      return value.map((each, index) => within(index, () => decodePart(of, each)));
    },
    encode: (value) => value.map((each) => of.encode(each)),
  };
}

/** An object with values by `of`. */
export function map<T>(of: ArgumentType<T, unknown>): ArgumentType<ReadonlyMap<string, T>> {
  return {
    name: `map(${of.name})`,
    absent: new Map(),
    zero: new Map(),
    decode(value) {
      if (!isObject(value)) throw shouldBe("object", value);
      return new Map([...value].map(([key, each]) => [key, within(key, () => decodePart(of, each))]));
    },
    encode: (value) => new Map([...value].map(([key, each]) => [key, of.encode(each)])),
  };
}

/** The same type, undefined where it is not written: for an argument whose absence means something of its own. */
export function optional<T>(of: ArgumentType<T, unknown>): ArgumentType<T, undefined> {
  return {
    name: of.name,
    absent: undefined,
    ...(of.zero === undefined ? {} : { zero: of.zero }),
    decode: (value) => of.decode(value),
    encode: (value) => of.encode(value),
  };
}

/** The labels of a target. Whatever stands in it is formatted as text; a secret is refused. */
export type Target = ReadonlyMap<string, string>;

/** A target: labels by their names. */
export const target: ArgumentType<Target> = {
  name: "target",
  absent: new Map(),
  zero: new Map(),
  decode(value) {
    if (!isObject(value)) throw shouldBe("object", value);
    return new Map([...value].map(([key, each]) => [key, labelOf(each)]));
  },
  encode: (value) => value,
};

/** What components hand to each other: `type` is its name in messages (`storage.Appendable`), `T` what it is in the code. */
export function capsule<T extends object>(type: string): ArgumentType<T, undefined> {
  return {
    name: `capsule(${JSON.stringify(type)})`,
    absent: undefined,
    decode(value) {
      if (!isCapsule(value)) throw shouldBe("capsule", value);
      if (value.type !== type) {
        throw new Mismatch(`expected capsule(${JSON.stringify(type)}), got capsule(${JSON.stringify(value.type)})`);
      }
      return (value as Capsule & { readonly content: T }).content;
    },
    encode: (content) => ({ kind: "capsule", type, content }),
  };
}

function labelOf(value: Value): string {
  if (typeof value === "string") return value;
  if (isCapsule(value)) throw new Mismatch("target::ConvertFrom: cannot use a secret as a target value");
  return goText(value);
}
