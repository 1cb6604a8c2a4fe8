import { CharacterReader, describeCharacter, endOfInput, type OnLexError } from "./character-reader.ts";
import { lexString } from "./lex-string.ts";
import { textOfBytes } from "./text.ts";
import type { Token, TokenKind } from "./token.ts";

/** Gives the tokens of a source one by one, comments included, and `EOF` for ever after the last one. Never throws. */
export interface Lexer {
  next(): Token;
}

const newline = 0x0a;
const slash = 0x2f;
const star = 0x2a;
const dot = 0x2e;
const byteOrderMark = 0xfeff;

const single: Readonly<Record<string, TokenKind>> = Object.fromEntries(
  [..."+-*%^{}()[],."].map((character) => [character, character as TokenKind]),
);
/** What `=` behind these makes of them. */
const withEquals: Readonly<Record<string, readonly [TokenKind, TokenKind]>> = {
  "!": ["!", "!="],
  "=": ["=", "=="],
  "<": ["<", "<="],
  ">": [">", ">="],
};
/** A line that ends after one of these ends a statement. */
const endsStatement = new Set<TokenKind>(["IDENT", "NULL", "BOOL", "NUMBER", "FLOAT", "STRING", "}", ")", "]"]);
const keywords: Readonly<Record<string, TokenKind>> = { true: "BOOL", false: "BOOL", null: "NULL" };

/** A lexer over UTF-8 text. What is wrong goes to `onError`; a token comes for it nevertheless. */
export function createLexer(bytes: Uint8Array, onError: OnLexError): Lexer {
  let quiet = false;
  const reader = new CharacterReader(bytes, (offset, message) => {
    if (!quiet) onError(offset, message);
  });
  /** Whether a newline here is a terminator. */
  let mayEnd = false;

  return { next };

  function next(): Token {
    while (isBlank(reader.current) || (at(newline) && !mayEnd)) reader.advance();
    const start = reader.offset;
    const wasPending = mayEnd;
    const kind = lex(start);
    mayEnd = kind === "ILLEGAL" ? (bytes[start] === 0x27 ? true : wasPending) : endsStatement.has(kind);
    const hasText = kind === "COMMENT" || kind === "ILLEGAL" || (endsStatement.has(kind) && single[kind] === undefined);
    const text = hasText ? textOfBytes(bytes.subarray(start, reader.offset)) : "";
    return { kind, start, end: reader.offset, text: kind === "COMMENT" ? withoutReturns(text) : text };
  }

  function lex(start: number): TokenKind {
    const character = reader.current;
    if (isLetter(character)) return lexName(start);
    if (isDecimal(character) || (character === dot && isDecimal(reader.peek()))) return lexNumber(start);
    reader.advance();
    if (character === endOfInput) return mayEnd ? "TERMINATOR" : "EOF";
    if (character === newline) return "TERMINATOR";
    const text = String.fromCodePoint(character);
    if (text === "'" || text === '"' || text === "`") return lexQuoted(start, text);
    if (text === "|" || text === "&") {
      if (reader.current === character) reader.advance();
      else reader.error(reader.offset, `missing second ${text} in ${text}${text}`);
      return text === "|" ? "||" : "&&";
    }
    if (character === slash) return lexSlash(start);
    const pair = Object.hasOwn(withEquals, text) ? withEquals[text] : undefined;
    if (pair) {
      const [alone, joined] = pair;
      if (!at(0x3d)) return alone;
      reader.advance();
      return joined;
    }
    const known = Object.hasOwn(single, text) ? single[text] : undefined;
    if (known) return known;
    if (character !== byteOrderMark) reader.error(start, `illegal character ${describeCharacter(character)}`);
    return "ILLEGAL";
  }

  function lexName(start: number): TokenKind {
    while (isLetter(reader.current) || isDigit(reader.current)) reader.advance();
    const name = textOfBytes(bytes.subarray(start, reader.offset));
    return (Object.hasOwn(keywords, name) ? keywords[name] : undefined) ?? "IDENT";
  }

  function lexNumber(start: number): TokenKind {
    let kind: TokenKind = "NUMBER";
    lexDigits();
    if (at(dot)) {
      kind = "FLOAT";
      reader.advance();
      lexDigits();
    }
    if (at(0x65) || at(0x45)) {
      kind = "FLOAT";
      reader.advance();
      if (at(0x2b) || at(0x2d)) reader.advance();
      if (lexDigits() === 0) reader.error(start, "exponent has no digits");
    }
    return kind;
  }

  function lexDigits(): number {
    const start = reader.offset;
    while (isDecimal(reader.current)) reader.advance();
    return reader.offset - start;
  }

  function lexQuoted(start: number, quote: string): TokenKind {
    if (quote === "'") reader.error(start, "illegal single-quoted string; use double quotes");
    lexString(reader, quote.charCodeAt(0), { raw: quote === "`" });
    return quote === "'" ? "ILLEGAL" : "STRING";
  }

  function lexSlash(start: number): TokenKind {
    if (!at(slash) && !at(star)) return "/";
    if (mayEnd && restOfLineIsComment()) {
      reader.rewind(start);
      return "TERMINATOR";
    }
    reader.rewind(start);
    reader.advance();
    lexComment(start);
    return "COMMENT";
  }

  function lexComment(start: number): void {
    if (at(slash)) {
      while (!at(newline) && !at(endOfInput)) reader.advance();
      return;
    }
    reader.advance();
    while (!at(endOfInput)) {
      const character = reader.current;
      reader.advance();
      if (character === star && at(slash)) {
        reader.advance();
        return;
      }
    }
    reader.error(start, "block comment not terminated");
  }

  /** Whether nothing but comments and blanks stands from here to the end of the line, or a comment holds a newline. */
  function restOfLineIsComment(): boolean {
    quiet = true;
    try {
      for (;;) {
        if (at(slash)) return true;
        if (!at(star)) return false;
        reader.advance();
        for (let before = 0; !at(endOfInput); ) {
          if (at(newline)) return true;
          const closes = before === star && at(slash);
          before = reader.current;
          reader.advance();
          if (closes) break;
        }
        while (isBlank(reader.current)) reader.advance();
        if (at(endOfInput) || at(newline)) return true;
        if (!at(slash)) return false;
        reader.advance();
      }
    } finally {
      quiet = false;
    }
  }

  function at(character: number): boolean {
    return reader.current === character;
  }
}

/** Whether `text` can be a name: of a block, an attribute or a label. */
export function isIdentifier(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(text) && !Object.hasOwn(keywords, text);
}

function withoutReturns(comment: string): string {
  return comment.replace(/(?<!\*)\r|\r(?!\/)/g, "");
}

function isBlank(character: number): boolean {
  return character === 0x20 || character === 0x09 || character === 0x0d;
}

function isDecimal(character: number): boolean {
  return character >= 0x30 && character <= 0x39;
}

function isLetter(character: number): boolean {
  const lower = character | 0x20;
  if (character < 0x80) return (character > 0 && lower >= 0x61 && lower <= 0x7a) || character === 0x5f;
  return /^\p{L}$/u.test(String.fromCodePoint(character));
}

function isDigit(character: number): boolean {
  return isDecimal(character) || (character >= 0x80 && /^\p{Nd}$/u.test(String.fromCodePoint(character)));
}
