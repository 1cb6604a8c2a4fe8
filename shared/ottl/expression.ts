import type { ValueNode } from "./ast.ts";
import type { Frame } from "./frame.ts";
import type { Target } from "./target.ts";
import type { Value } from "./value.ts";

/** Computes a value; throws `Failure` where it cannot. */
export type Getter = (frame: Frame) => Value;

/** A value that was read: how it is computed, and what is known of it before. */
export interface Expression {
  readonly node: ValueNode;
  readonly get: Getter;
  /** The value of a literal. */
  readonly literal?: Value;
  /** A path, which can be set. */
  readonly target?: Target;
}
