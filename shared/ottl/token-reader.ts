import { OttlError } from "./failure.ts";
import { placeOf, type Token, tokenize } from "./lexer.ts";

/** Deeper nesting is refused. */
const maxDepth = 100;

/** Reads tokens one after the other, for the parsers. */
export class TokenReader {
  position = 0;
  readonly source: string;
  private readonly what: string;
  private readonly tokens: readonly Token[];
  private depth = 0;

  constructor(source: string, what: "statement" | "condition") {
    this.source = source;
    this.what = what;
    try {
      this.tokens = tokenize(source);
    } catch (error) {
      throw error instanceof OttlError ? new OttlError(`${what} ${error.message}`) : error;
    }
  }

  peek(ahead = 0): Token {
    return (this.tokens[this.position + ahead] ?? this.tokens.at(-1)) as Token;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.position++;
    return token;
  }

  isSign(sign: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "sign" && token.text === sign;
  }

  takeSign(sign: string): boolean {
    const isNext = this.isSign(sign);
    if (isNext) this.position++;
    return isNext;
  }

  expectSign(sign: string): void {
    if (!this.takeSign(sign)) throw this.unexpected(`"${sign}"`);
  }

  takeWord(word: string): boolean {
    const token = this.peek();
    const isNext = token.kind === "word" && token.text === word;
    if (isNext) this.position++;
    return isNext;
  }

  expectEnd(): void {
    if (this.peek().kind !== "end") throw this.unexpected();
  }

  /** Reads what stands inside of brackets; refuses what is too deep. */
  nested<T>(read: () => T): T {
    if (this.depth >= maxDepth) throw new OttlError(`${this.what} is nested more than ${maxDepth} deep`);
    this.depth++;
    const result = read();
    this.depth--;
    return result;
  }

  unexpected(expected?: string): OttlError {
    const token = this.peek();
    const hint = expected ? ` (expected ${expected})` : "";
    const text = token.kind === "string" ? JSON.stringify(token.text) : `"${token.text}"`;
    return new OttlError(
      `${this.what} has invalid syntax: ${placeOf(this.source, token.at)}: unexpected token ${text}${hint}`,
    );
  }
}

/** Editors begin with a lower-case letter, converters with an upper-case one. */
export function isEditorName(name: string): boolean {
  return /^[a-z]/.test(name);
}
