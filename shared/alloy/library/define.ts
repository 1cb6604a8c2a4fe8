import type { ArgumentType } from "../argument-type.ts";
import { decodePart } from "../argument-type.ts";
import { Mismatch, within } from "../mismatch.ts";
import type { FunctionValue, Value } from "../value.ts";

/** A function that gets its arguments as they are. A problem of an argument is a `Mismatch` whose path begins with its number. */
export function raw(call: (args: readonly Value[]) => Value): FunctionValue {
  return { kind: "function", call };
}

type Decoded<Types> = {
  readonly [Index in keyof Types]: Types[Index] extends ArgumentType<infer T, infer _A> ? T : never;
};

/** A function of exactly these arguments, decoded. What `call` throws as a `Mismatch` without a path is about the function. */
export function typed<const Types extends readonly ArgumentType<unknown, unknown>[]>(
  types: Types,
  call: (...args: Decoded<Types>) => Value,
): FunctionValue {
  return raw((args) => {
    if (args.length !== types.length) throw new Mismatch(`expected ${types.length} args, got ${args.length}`);
    const decoded = types.map((type, index) => within(index, () => decodePart(type, args[index] ?? null)));
    return call(...(decoded as unknown as Decoded<Types>));
  });
}
