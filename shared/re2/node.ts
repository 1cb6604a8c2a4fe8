import type { Ranges } from "./ranges.ts";

/** What a place between two characters must be. */
export type Assertion = "text-start" | "text-end" | "line-start" | "line-end" | "word" | "not-word";

/** A pattern as a tree; `set` is one code point out of a set, a literal included. */
export type Node =
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly ranges: Ranges }
  | { readonly kind: "assert"; readonly assertion: Assertion }
  | { readonly kind: "capture"; readonly node: Node }
  | { readonly kind: "concat"; readonly nodes: readonly Node[] }
  | { readonly kind: "alternate"; readonly nodes: readonly Node[] }
  | {
      readonly kind: "repeat";
      readonly node: Node;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };
