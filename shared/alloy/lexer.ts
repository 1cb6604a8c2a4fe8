import { CharacterReader, describeCharacter, endOfInput, type OnLexError } from "./character-reader.ts";
import { lexString } from "./lex-string.ts";
import { textOfBytes } from "./text.ts";
import type { Token, TokenKind } from "./token.ts";

/** Gives the tokens of a source one by one, comments included, and `EOF` forever after the last one. Never throws. */
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
  return new SourceLexer(bytes, onError);
}

class SourceLexer implements Lexer {
  private readonly bytes: Uint8Array;
  private quiet = false;
  private readonly reader: CharacterReader;
  /** Whether a newline here is a terminator. */
  private mayEnd = false;

  constructor(bytes: Uint8Array, onError: OnLexError) {
    this.bytes = bytes;
    this.reader = new CharacterReader(bytes, (offset, message) => {
      if (!this.quiet) onError(offset, message);
    });
  }

  next(): Token {
    while (isBlank(this.reader.current) || (this.at(newline) && !this.mayEnd)) this.reader.advance();
    const start = this.reader.offset;
    const wasPending = this.mayEnd;
    const kind = this.lex(start);
    this.mayEnd = kind === "ILLEGAL" ? (this.bytes[start] === 0x27 ? true : wasPending) : endsStatement.has(kind);
    const hasText = kind === "COMMENT" || kind === "ILLEGAL" || (endsStatement.has(kind) && single[kind] === undefined);
    const text = hasText ? textOfBytes(this.bytes.subarray(start, this.reader.offset)) : "";
    return { kind, start, end: this.reader.offset, text: kind === "COMMENT" ? withoutReturns(text) : text };
  }

  private lex(start: number): TokenKind {
    const character = this.reader.current;
    if (isLetter(character)) return this.lexName(start);
    if (isDecimal(character) || (character === dot && isDecimal(this.reader.peek()))) return this.lexNumber(start);
    this.reader.advance();
    if (character === endOfInput) return this.mayEnd ? "TERMINATOR" : "EOF";
    if (character === newline) return "TERMINATOR";
    const text = String.fromCodePoint(character);
    if (text === "'" || text === '"' || text === "`") return this.lexQuoted(start, text);
    if (text === "|" || text === "&") {
      if (this.reader.current === character) this.reader.advance();
      else this.reader.error(this.reader.offset, `missing second ${text} in ${text}${text}`);
      return text === "|" ? "||" : "&&";
    }
    if (character === slash) return this.lexSlash(start);
    const pair = Object.hasOwn(withEquals, text) ? withEquals[text] : undefined;
    if (pair) {
      const [alone, joined] = pair;
      if (!this.at(0x3d)) return alone;
      this.reader.advance();
      return joined;
    }
    const known = Object.hasOwn(single, text) ? single[text] : undefined;
    if (known) return known;
    if (character !== byteOrderMark) this.reader.error(start, `illegal character ${describeCharacter(character)}`);
    return "ILLEGAL";
  }

  private lexName(start: number): TokenKind {
    while (isLetter(this.reader.current) || isDigit(this.reader.current)) this.reader.advance();
    const name = textOfBytes(this.bytes.subarray(start, this.reader.offset));
    return (Object.hasOwn(keywords, name) ? keywords[name] : undefined) ?? "IDENT";
  }

  private lexNumber(start: number): TokenKind {
    let kind: TokenKind = "NUMBER";
    this.lexDigits();
    if (this.at(dot)) {
      kind = "FLOAT";
      this.reader.advance();
      this.lexDigits();
    }
    if (this.at(0x65) || this.at(0x45)) {
      kind = "FLOAT";
      this.reader.advance();
      if (this.at(0x2b) || this.at(0x2d)) this.reader.advance();
      if (this.lexDigits() === 0) this.reader.error(start, "exponent has no digits");
    }
    return kind;
  }

  private lexDigits(): number {
    const start = this.reader.offset;
    while (isDecimal(this.reader.current)) this.reader.advance();
    return this.reader.offset - start;
  }

  private lexQuoted(start: number, quote: string): TokenKind {
    if (quote === "'") this.reader.error(start, "illegal single-quoted string; use double quotes");
    lexString(this.reader, quote.charCodeAt(0), { raw: quote === "`" });
    return quote === "'" ? "ILLEGAL" : "STRING";
  }

  private lexSlash(start: number): TokenKind {
    if (!this.at(slash) && !this.at(star)) return "/";
    if (this.mayEnd && this.restOfLineIsComment()) {
      this.reader.rewind(start);
      return "TERMINATOR";
    }
    this.reader.rewind(start);
    this.reader.advance();
    this.lexComment(start);
    return "COMMENT";
  }

  private lexComment(start: number): void {
    if (this.at(slash)) {
      while (!this.at(newline) && !this.at(endOfInput)) this.reader.advance();
      return;
    }
    this.reader.advance();
    while (!this.at(endOfInput)) {
      const character = this.reader.current;
      this.reader.advance();
      if (character === star && this.at(slash)) {
        this.reader.advance();
        return;
      }
    }
    this.reader.error(start, "block comment not terminated");
  }

  /** Whether nothing but comments and blanks stands from here to the end of the line, or a comment holds a newline. */
  private restOfLineIsComment(): boolean {
    this.quiet = true;
    try {
      for (;;) {
        if (this.at(slash)) return true;
        if (!this.at(star)) return false;
        this.reader.advance();
        for (let before = 0; !this.at(endOfInput); ) {
          if (this.at(newline)) return true;
          const closes = before === star && this.at(slash);
          before = this.reader.current;
          this.reader.advance();
          if (closes) break;
        }
        while (isBlank(this.reader.current)) this.reader.advance();
        if (this.at(endOfInput) || this.at(newline)) return true;
        if (!this.at(slash)) return false;
        this.reader.advance();
      }
    } finally {
      this.quiet = false;
    }
  }

  private at(character: number): boolean {
    return this.reader.current === character;
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
