import { builtins } from "./builtins.ts";
import { dateFunctions } from "./date-functions.ts";
import { dictFunctions } from "./dict-functions.ts";
import { listFunctions } from "./list-functions.ts";
import { TemplateFailure, type TemplateFunction } from "./nodes.ts";
import { stageFunctions } from "./stage-functions.ts";
import { textFunctions } from "./text-functions.ts";

/** Functions that take any number of arguments behind those that they must have. */
const variadic: Readonly<Record<string, number>> = {
  and: 1,
  or: 1,
  eq: 1,
  print: 0,
  println: 0,
  printf: 1,
  index: 1,
  slice: 1,
  quote: 0,
  squote: 0,
  cat: 0,
  default: 1,
  coalesce: 0,
  add: 0,
  mul: 1,
  max: 1,
  min: 1,
  list: 0,
  without: 1,
  concat: 0,
  dict: 0,
  pluck: 1,
  pick: 1,
  omit: 1,
  merge: 1,
  mergeOverwrite: 1,
  dig: 3,
};

const timeless = counted({ ...builtins, ...textFunctions, ...listFunctions, ...dictFunctions, ...stageFunctions });

/**
 * Every function that a template of a stage may call: Go's own, Alloy's, and those of sprig that work on text, numbers, lists, dictionaries
 * and dates. `now` gives milliseconds since 1970.
 */
export function functionsAt(now: () => number): ReadonlyMap<string, TemplateFunction> {
  return new Map([...timeless, ...counted(dateFunctions(now))]);
}

function counted(functions: Readonly<Record<string, TemplateFunction>>): (readonly [string, TemplateFunction])[] {
  return Object.entries(functions).map(([name, call]) => [name, countedCall(name, call)]);
}

/** Go fails on a wrong number of arguments, and leaves the value as it is. */
function countedCall(name: string, call: TemplateFunction): TemplateFunction {
  const least = variadic[name];
  return (...args) => {
    const isRight = least === undefined ? args.length === call.length : args.length >= least;
    if (!isRight) {
      throw new TemplateFailure(`wrong number of args for ${name}: want ${least ?? call.length} got ${args.length}`);
    }
    return call(...args);
  };
}
