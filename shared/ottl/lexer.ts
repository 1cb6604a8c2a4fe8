import { unquoteAt } from "../go-string.ts";
import { OttlError } from "./failure.ts";

/** A token of OTTL. A `word` is a name of letters, digits and underscores; which kind of name shows in its case. */
export interface Token {
  readonly kind: "bytes" | "float" | "int" | "string" | "word" | "comparison" | "sign" | "end";
  /** As it stands in the source; a string without its quotes and escapes. */
  readonly text: string;
  /** Where it starts and ends in the source. */
  readonly at: number;
  readonly end: number;
}

/** More than this is not a statement that somebody wrote. */
const maxLength = 65_536;

const patterns: readonly [Token["kind"], RegExp][] = [
  ["bytes", /0x[0-9a-fA-F]+/y],
  ["float", /(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?/y],
  ["int", /\d+/y],
  ["string", /"(?:\\[\s\S]|[^\\"])*"/y],
  ["word", /[A-Za-z][A-Za-z0-9_]*/y],
  ["comparison", /==|!=|>=|<=|>(?!=)|<(?!=)/y],
  ["sign", /=>|[-+/*=(){}:,.[\]]/y],
];
const blank = /\s*/y;

/** Splits a statement or condition into tokens, the last of kind `end`. Throws `OttlError` at what is not one. */
export function tokenize(source: string): Token[] {
  if (source.length > maxLength)
    throw new OttlError(`has ${source.length} characters, at most ${maxLength} are allowed`);
  const tokens: Token[] = [];
  let at = skipBlank(source, 0);
  while (at < source.length) {
    const token = tokenAt(source, at);
    tokens.push(token);
    at = skipBlank(source, token.end);
  }
  tokens.push({ kind: "end", text: "<EOF>", at: source.length, end: source.length });
  return tokens;
}

function skipBlank(source: string, at: number): number {
  blank.lastIndex = at;
  blank.test(source);
  return blank.lastIndex;
}

function tokenAt(source: string, at: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) continue;
    const end = at + text.length;
    if (kind !== "string") return { kind, text, at, end };
    const unquoted = unquoteAt(text, 0, { newlines: true });
    if (unquoted === undefined)
      throw new OttlError(
        `has invalid syntax: ${placeOf(source, at)}: invalid quoted string ${text}: invalid escape sequence`,
      );
    return { kind, text: unquoted.text, at, end };
  }
  throw new OttlError(
    `has invalid syntax: ${placeOf(source, at)}: invalid input text ${JSON.stringify(source.slice(at, at + 40))}`,
  );
}

/** Line and column, both from 1. */
export function placeOf(source: string, at: number): string {
  const before = source.slice(0, at).split("\n");
  return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
}
