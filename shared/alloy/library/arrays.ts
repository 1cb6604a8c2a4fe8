import { equal } from "../equal.ts";
import { UnplacedProblem } from "../evaluate.ts";
import { Mismatch } from "../mismatch.ts";
import { isArray, isObject, type ObjectValue, typeOf, type Value } from "../value.ts";
import { raw } from "./define.ts";

/** `array.concat`: the elements of all its arguments. */
export const concat = raw((args) => args.flatMap((_arg, index) => arrayAt(args, index)));

/** `array.combine_maps`: left and right objects that are equal in all of `keys`, merged; the right one wins. */
export const combineMaps = raw((args) => {
  if (args.length !== 3 && args.length !== 4) {
    throw new UnplacedProblem(`combine_maps: expected 3 or 4 arguments, got ${args.length}`);
  }
  const left = objectsAt(args, 0);
  const right = objectsAt(args, 1);
  const keys = stringsAt(args, 2);
  if (keys.length === 0) throw new Mismatch("combine_maps: merge conditions must not be empty", [2]);
  const keep = args.length === 4 ? boolAt(args, 3) : false;
  return left.flatMap((a) =>
    right.flatMap((b) => {
      if (keys.every((key) => sameAt(a, b, key))) return [new Map([...a, ...b])];
      return keep ? [a] : [];
    }),
  );
});

/** `array.group_by`: the objects of a list by the value of one key, as `{key, items}`, in the order of their first ones. */
export const groupBy = raw((args) => {
  if (args.length !== 3) throw new UnplacedProblem(`group_by: expected 3 arguments, got ${args.length}`);
  const objects = objectsAt(args, 0);
  const [, key = null] = args;
  if (typeof key !== "string") throw new Mismatch(`should be string, got ${typeOf(key)}`, [1]);
  const dropMissing = boolAt(args, 2);
  const groups = new Map<string, ObjectValue[]>();
  for (const [index, each] of objects.entries()) {
    const group = each.get(key) ?? (each.has(key) ? null : undefined);
    if (group === undefined && dropMissing) continue;
    if (group !== undefined && typeof group !== "string") {
      throw new Mismatch(`should be string, got ${typeOf(group)}`, [0, index, key]);
    }
    const name = group ?? "";
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return [...groups].map(
    ([name, items]) =>
      new Map<string, Value>([
        ["key", name],
        ["items", items],
      ]),
  );
});

/** `coalesce`: the first argument that is neither null nor empty, otherwise the last one. */
export const coalesce = raw((args) => args.find((each) => !isEmpty(each)) ?? args.at(-1) ?? null);

function isEmpty(value: Value): boolean {
  if (value === null || value === "" || value === false) return true;
  if (isArray(value)) return value.length === 0;
  if (isObject(value)) return value.size === 0;
  return typeof value === "object" && "value" in value && Number(value.value) === 0;
}

function sameAt(left: ObjectValue, right: ObjectValue, key: string): boolean {
  return left.has(key) && right.has(key) && equal(left.get(key) ?? null, right.get(key) ?? null);
}

function arrayAt(args: readonly Value[], index: number): readonly Value[] {
  const value = args[index] ?? null;
  if (!isArray(value)) throw new Mismatch(`should be array, got ${typeOf(value)}`, [index]);
  return value;
}

function objectsAt(args: readonly Value[], index: number): readonly ObjectValue[] {
  return arrayAt(args, index).map((each, element) => {
    if (!isObject(each)) throw new Mismatch(`should be object, got ${typeOf(each)}`, [index, element]);
    return each;
  });
}

function stringsAt(args: readonly Value[], index: number): readonly string[] {
  return arrayAt(args, index).map((each, element) => {
    if (typeof each !== "string") throw new Mismatch(`should be string, got ${typeOf(each)}`, [index, element]);
    return each;
  });
}

function boolAt(args: readonly Value[], index: number): boolean {
  const value = args[index] ?? null;
  if (typeof value !== "boolean") throw new Mismatch(`should be bool, got ${typeOf(value)}`, [index]);
  return value;
}
