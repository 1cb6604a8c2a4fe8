import type { Re2 } from "../../../re2/re2.ts";
import type { Value } from "../../value.ts";

/** One part of a path. Numbers of a slice are undefined where they are left out. */
export type Fragment =
  | { readonly kind: "root" | "self" | "every" }
  | { readonly kind: "descent" }
  | { readonly kind: "child"; readonly name: string }
  | { readonly kind: "nth"; readonly index: number }
  | { readonly kind: "union"; readonly members: readonly (string | number)[] }
  | { readonly kind: "slice"; readonly numbers: readonly (number | undefined)[] }
  | { readonly kind: "filter"; readonly test: Equation };

export type Path = readonly Fragment[];

/** The condition of a filter, as a tree whose inner nodes have an operation. */
export interface Equation {
  readonly operation?: Operation;
  readonly operand?: Operand;
  readonly left?: Equation;
  readonly right?: Equation;
}

export type Operand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "pattern"; readonly pattern: Re2 }
  | { readonly kind: "nothing" };

/** `(` is a pair of parentheses. `binding`: lower ones are evaluated first. */
export interface Operation {
  readonly name: string;
  readonly binding: number;
  readonly operands: 1 | 2;
}

const list: readonly Operation[] = [
  ...["==", "!=", "<", ">", "<=", ">=", "in", "empty", "has", "exists", "~=", "=~"].map(
    (name) => ({ name, binding: 3, operands: 2 }) as const,
  ),
  ...["||", "&&"].map((name) => ({ name, binding: 4, operands: 2 }) as const),
  ...["+", "-"].map((name) => ({ name, binding: 2, operands: 2 }) as const),
  ...["*", "/"].map((name) => ({ name, binding: 1, operands: 2 }) as const),
  ...["match", "search"].map((name) => ({ name, binding: 0, operands: 2 }) as const),
  ...["!", "length", "count"].map((name) => ({ name, binding: 0, operands: 1 }) as const),
];

/** The operations and functions that a filter may name. */
export const operations: ReadonlyMap<string, Operation> = new Map(list.map((each) => [each.name, each]));

export const group: Operation = { name: "(", binding: 0, operands: 1 };
