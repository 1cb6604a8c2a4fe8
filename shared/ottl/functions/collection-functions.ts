import { type AnyValue, copyValue, keyOf, ListValue, MapValue, mapOf } from "../../edit/any-value.ts";
import { utf8Length } from "../../edit/text.ts";
import { isEqual, orderOfText } from "../compare.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { valueText } from "../text.ts";
import { kindOf, type Value } from "../value.ts";

/** Converters of lists and maps. */
export const collectionConverters: readonly Converter[] = [
  {
    name: "Coalesce",
    parameters: ["values"],
    build: (args) => {
      const values = args.expressions("values");
      if (values.length === 0) throw args.problem("Coalesce requires at least one argument");
      return (frame) => {
        for (const { get } of values) {
          const value = get(frame);
          if (value !== null) return value;
        }
        return null;
      };
    },
  },
  {
    name: "ContainsValue",
    parameters: ["target", "item"],
    build: (args) => {
      const target = args.list("target");
      const item = args.any("item");
      return (frame) => {
        const value = item(frame);
        return target(frame).items.some((each) => isEqual(each, value));
      };
    },
  },
  {
    name: "Index",
    parameters: ["target", "value"],
    build: (args) => {
      const target = args.any("target");
      const value = args.any("value");
      return (frame) => indexOf(target(frame), value(frame));
    },
  },
  {
    name: "Sort",
    parameters: ["target", "order?"],
    build: (args) => {
      const target = args.any("target");
      const order = args.has("order") ? args.literalString("order") : "asc";
      if (order !== "asc" && order !== "desc")
        throw args.problem(`invalid arguments: ${order}. Order should be either "asc" or "desc"`);
      return (frame) => {
        const list = target(frame);
        if (!(list instanceof ListValue))
          throw new Failure(`sort with unsupported type: '${kindOf(list)}'. Target is not a list`);
        return sorted(list, order === "desc");
      };
    },
  },
  {
    name: "Keys",
    parameters: ["target"],
    build: (args) => {
      const target = args.map("target");
      return (frame) => new ListValue(target(frame).keys());
    },
  },
  {
    name: "Values",
    parameters: ["target"],
    build: (args) => {
      const target = args.map("target");
      return (frame) =>
        new ListValue(
          target(frame)
            .pairs()
            .map(([, value]) => copyValue(value)),
        );
    },
  },
  {
    name: "SliceToMap",
    parameters: ["target", "key_path?", "value_path?"],
    build: (args) => {
      const target = args.list("target");
      const keyPath = args.has("key_path") ? args.literalStrings("key_path") : undefined;
      const valuePath = args.has("value_path") ? args.literalStrings("value_path") : undefined;
      if (keyPath?.length === 0) throw args.problem("key path must contain at least one element");
      return (frame) => sliceToMap(target(frame), { keyPath, valuePath });
    },
  },
];

function indexOf(target: Value, value: Value): bigint {
  if (typeof target === "string") {
    if (typeof value !== "string")
      throw new Failure(`invalid value type for Index function, value must be a string, but got ${kindOf(value)}`);
    const at = target.indexOf(value);
    return at < 0 ? -1n : BigInt(utf8Length(target.slice(0, at)));
  }
  if (!(target instanceof ListValue)) throw new Failure(`expected list but got ${kindOf(target)}`);
  return BigInt(target.items.findIndex((each) => isEqual(each, value)));
}

/** Of one kind by value; ints and floats together as numbers; everything else by its text. */
function sorted(list: ListValue, isDescending: boolean): ListValue {
  const items = [...list.items];
  const kinds = new Set(items.map((item) => typeof item));
  // Maps, lists and bytes have no order: the list stays as it is.
  if (items.some((item) => typeof item === "object" && item !== null)) return list;
  const isNumeric = [...kinds].every((kind) => kind === "bigint" || kind === "number");
  const compare = isNumeric && kinds.size > 0 ? orderOfNumbers : orderOfTexts;
  items.sort((a, b) => (isDescending ? compare(b, a) : compare(a, b)));
  return new ListValue(items.map(copyValue));
}

function orderOfNumbers(a: AnyValue, b: AnyValue): number {
  const [x, y] = [a as bigint | number, b as bigint | number];
  return x < y ? -1 : x > y ? 1 : 0;
}

function orderOfTexts(a: AnyValue, b: AnyValue): number {
  return orderOfText(valueText(a), valueText(b));
}

function sliceToMap(
  list: ListValue,
  { keyPath, valuePath }: { keyPath: readonly string[] | undefined; valuePath: readonly string[] | undefined },
): MapValue {
  const found = new Map<string, AnyValue>();
  for (const [index, item] of list.items.entries()) {
    if ((keyPath || valuePath) && !(item instanceof MapValue)) {
      throw new Failure(
        `slice elements must be maps when using \`key_path\` or \`value_path\`, but could not cast element of type ${kindOf(item)} to a map`,
      );
    }
    const key = keyPath ? below(item, keyPath) : String(index);
    if (typeof key !== "string") throw new Failure(`provided key path ${keyPath?.join(".")} does not hold a string`);
    found.set(key, copyValue(valuePath ? below(item, valuePath) : item));
  }
  return mapOf(found);
}

function below(value: AnyValue, path: readonly string[]): AnyValue {
  let current = value;
  for (const name of path) {
    const next = current instanceof MapValue ? current.get(keyOf(name)) : undefined;
    if (next === undefined) throw new Failure(`provided object does not contain the path ${path.join(".")}`);
    current = next;
  }
  return current;
}
