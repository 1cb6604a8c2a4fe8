/** What the lexer finds. Operators and brackets are their own characters. */
export type TokenKind =
  | "ILLEGAL"
  | "EOF"
  | "COMMENT"
  | "TERMINATOR"
  | "IDENT"
  | "NULL"
  | "BOOL"
  | "NUMBER"
  | "FLOAT"
  | "STRING"
  | BinaryOperator
  | "!"
  | "="
  | "{"
  | "}"
  | "("
  | ")"
  | "["
  | "]"
  | ","
  | ".";

/** Operators between two expressions. */
export type BinaryOperator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%" | "^";

/** A token of a source. */
export interface Token {
  readonly kind: TokenKind;
  /** Byte offset of its first byte. */
  readonly start: number;
  /** Byte offset after its last byte. */
  readonly end: number;
  /** Its text as written, of names, literals and comments; otherwise empty. */
  readonly text: string;
}

/** How tightly binary operators bind, but for `^`, which binds tightest and to the right. */
export const precedence: Readonly<Partial<Record<TokenKind, number>>> = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  "<": 3,
  "<=": 3,
  ">": 3,
  ">=": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
};
