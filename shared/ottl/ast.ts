/** A value as it is written. `text` is its source, for messages. */
export type ValueNode =
  | { readonly kind: "nil" }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "enum"; readonly name: string }
  | { readonly kind: "map"; readonly entries: readonly (readonly [string, ValueNode])[] }
  | { readonly kind: "list"; readonly items: readonly ValueNode[] }
  | PathNode
  | CallNode
  | { readonly kind: "math"; readonly operator: MathOperator; readonly left: ValueNode; readonly right: ValueNode }
  | { readonly kind: "sign"; readonly isNegative: boolean; readonly value: ValueNode };

export type MathOperator = "+" | "-" | "*" | "/";
export type Comparator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** `a.b["k"][0]`: segments by dots, each with its keys. */
export interface PathNode {
  readonly kind: "path";
  readonly segments: readonly { readonly name: string; readonly keys: readonly ValueNode[] }[];
  readonly text: string;
}

/** A call of a converter, or of the statement's editor. */
export interface CallNode {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly ArgumentNode[];
  readonly keys: readonly ValueNode[];
}

/** An argument; `functionName` for a converter that is passed by its name alone. */
export interface ArgumentNode {
  readonly name?: string;
  readonly value: ValueNode | { readonly kind: "functionName"; readonly name: string };
}

export type ConditionNode =
  | { readonly kind: "and" | "or"; readonly terms: readonly ConditionNode[] }
  | { readonly kind: "not"; readonly term: ConditionNode }
  | { readonly kind: "compare"; readonly comparator: Comparator; readonly left: ValueNode; readonly right: ValueNode }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "call"; readonly call: CallNode };

/** An editor with its arguments, and when it applies. */
export interface StatementNode {
  readonly text: string;
  readonly editor: CallNode;
  readonly where?: ConditionNode;
}
