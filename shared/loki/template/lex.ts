import { unquoteAt } from "../../go-string.ts";
import { TemplateError } from "./nodes.ts";

/** A piece of the source: text, or the tokens of one action `{{ … }}`. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly tokens: readonly Token[]; readonly line: number };

/** A token of an action. */
export type Token =
  | { readonly kind: "word" | "field" | "variable"; readonly text: string }
  | { readonly kind: "mark"; readonly text: "(" | ")" | "|" | ":=" | "=" | "." | "," }
  | { readonly kind: "space" }
  | { readonly kind: "literal"; readonly value: string | number | boolean };

const patterns: readonly (readonly [RegExp, (text: string) => Token])[] = [
  [/\s+/y, () => ({ kind: "space" })],
  [/:=|[()|,]|=/y, (text) => ({ kind: "mark", text: text as ":=" })],
  [/\.[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y, (text) => ({ kind: "field", text: text.slice(1) })],
  [/\.(?![\w])/y, () => ({ kind: "mark", text: "." })],
  [/\$[\w\u0080-\uffff]*/y, (text) => ({ kind: "variable", text })],
  [/[+-]?(?:0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*)?\.?[0-9]+(?:[eE][+-]?[0-9]+)?)(?![\w.])/y, number],
  [/[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y, word],
];

/** Cuts the source of a template into texts and actions, with what `{{-` and `-}}` trim and without comments. */
export function lex(source: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let trims = false;
  for (let at = 0; at < source.length; ) {
    const open = source.indexOf("{{", at);
    const text = source.slice(at, open < 0 ? source.length : open);
    const trimsBefore = open >= 0 && /^-\s/.test(source.slice(open + 2, open + 4));
    pushText(pieces, (trims ? text.trimStart() : text).slice(), trimsBefore);
    if (open < 0) break;
    const line = source.slice(0, open).split("\n").length;
    const { tokens, end, trimsAfter } = action(source, open + (trimsBefore ? 3 : 2), line);
    if (tokens) pieces.push({ kind: "action", tokens, line });
    trims = trimsAfter;
    at = end;
  }
  return pieces;
}

function pushText(pieces: Piece[], text: string, trimsEnd: boolean): void {
  const kept = trimsEnd ? text.trimEnd() : text;
  if (kept !== "") pieces.push({ kind: "text", text: kept });
}

interface Action {
  /** Undefined for a comment. */
  readonly tokens: readonly Token[] | undefined;
  readonly end: number;
  readonly trimsAfter: boolean;
}

function action(source: string, from: number, line: number): Action {
  const comment = /\s*\/\*[\s\S]*?\*\/(\s-)?\}\}/y;
  comment.lastIndex = from;
  const skipped = comment.exec(source);
  if (skipped) return { tokens: undefined, end: from + skipped[0].length, trimsAfter: skipped[1] !== undefined };
  const tokens: Token[] = [];
  for (let at = from; ; ) {
    const trims = /^\s-\}\}/.test(source.slice(at, at + 4));
    if (trims || source.startsWith("}}", at)) return { tokens, end: at + (trims ? 4 : 2), trimsAfter: trims };
    if (at >= source.length) throw new TemplateError(`template: pipeline_template:${line}: unclosed action`);
    const quoted = unquoteAt(source, at);
    if (quoted !== undefined) {
      tokens.push({ kind: "literal", value: quoted.text });
      at = quoted.end;
      continue;
    }
    const [token, length] = tokenAt(source, at, line);
    tokens.push(token);
    at += length;
  }
}

function tokenAt(source: string, at: number, line: number): [Token, number] {
  for (const [pattern, create] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0];
    if (found !== undefined) return [create(found), found.length];
  }
  const character = source.slice(at, at + 1);
  const reason =
    character === '"' || character === "`"
      ? "unterminated quoted string"
      : `unexpected ${JSON.stringify(character)} in command`;
  throw new TemplateError(`template: pipeline_template:${line}: ${reason}`);
}

function number(text: string): Token {
  return { kind: "literal", value: Number(text.replaceAll("_", "")) };
}

function word(text: string): Token {
  if (text === "true" || text === "false") return { kind: "literal", value: text === "true" };
  return { kind: "word", text };
}
