import type { Source } from "./source.ts";
import type { BinaryOperator } from "./token.ts";

/** Where a node stands: byte offsets of its first and of its last byte. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** A configuration file. */
export interface File {
  readonly source: Source;
  readonly body: readonly Statement[];
  /** Comments in groups that stand on adjacent lines. */
  readonly comments: readonly (readonly Comment[])[];
}

/** A comment, with its slashes or stars. */
export interface Comment extends Extent {
  readonly text: string;
}

/** `Written` is how the values of attributes stand there. */
export type Statement<Written = Expression> = AttributeStatement<Written> | BlockStatement<Written>;

/** `name = value`. */
export interface AttributeStatement<Written = Expression> extends Extent {
  readonly kind: "attribute";
  readonly name: string;
  readonly value: Written;
}

/** `name "label" { … }`. */
export interface BlockStatement<Written = Expression> extends Extent {
  readonly kind: "block";
  /** With its dots. */
  readonly name: string;
  /** Empty when it has none. */
  readonly label: string;
  readonly labelStart: number;
  /** Offset of `{`; that of `}` is `end`. */
  readonly open: number;
  readonly body: readonly Statement<Written>[];
}

/** What may stand behind `=`. */
export type Expression =
  | LiteralExpression
  | (Extent & { readonly kind: "identifier"; readonly name: string })
  | (Extent & { readonly kind: "array"; readonly elements: readonly Expression[] })
  | (Extent & { readonly kind: "object"; readonly fields: readonly ObjectField[] })
  | (Extent & {
      readonly kind: "access";
      readonly value: Expression;
      readonly name: string;
      readonly nameStart: number;
    })
  | (Extent & { readonly kind: "index"; readonly value: Expression; readonly index: Expression; readonly open: number })
  | (Extent & {
      readonly kind: "call";
      readonly value: Expression;
      readonly args: readonly Expression[];
      readonly open: number;
    })
  | (Extent & { readonly kind: "unary"; readonly operator: "!" | "-"; readonly value: Expression })
  | (Extent & {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly operatorStart: number;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Extent & { readonly kind: "paren"; readonly inner: Expression });

/** A literal, not yet a value. */
export interface LiteralExpression extends Extent {
  readonly kind: "literal";
  readonly token: "STRING" | "NUMBER" | "FLOAT" | "BOOL" | "NULL";
  /** As written. */
  readonly text: string;
}

/** `name = value` in an object. */
export interface ObjectField {
  /** Without quotes, escapes as written. */
  readonly name: string;
  readonly quoted: boolean;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly value: Expression;
}
