import { unquoteAt } from "../go-string.ts";
import { compileFullRe2, compileRe2, type Re2 } from "../re2/re2.ts";

/** A condition on one label; an absent label has an empty value. */
export interface Matcher {
  readonly name: string;
  test(value: string): boolean;
}

/** A condition on the line: one of the tests must be true, or none where it is negated. */
export interface LineFilter {
  readonly isNegated: boolean;
  readonly tests: readonly LineFilterTest[];
}

/** A text that the line holds, or a pattern that it matches. */
export type LineFilterTest = { readonly text: string } | { readonly pattern: Re2 };

/** What a LogQL selector asks for: all matchers and all line filters. */
export interface Selector {
  readonly matchers: readonly Matcher[];
  readonly filters: readonly LineFilter[];
}

export type ParsedSelector =
  | { readonly kind: "selector"; readonly selector: Selector }
  | { readonly kind: "invalid"; readonly reason: string };

const matchOperators = ["=~", "!~", "!=", "="];
const tokens = ["!=", "=~", "!~", "|=", "|~", "=", ",", ".", "{", "}"];
const filterOperators = ["|=", "|~", "!=", "!~"];
const maxLength = 131_072;

/**
 * Parses `{app="a", x!~"b.*"} |= "text" !~ "pattern"`: label matchers and line filters, a filter perhaps with alternatives
 * (`or`). Parsers of LogQL (`| json`) are refused.
 */
export function parseSelector(text: string): ParsedSelector {
  if (text.length > maxLength) {
    return { kind: "invalid", reason: `the selector has ${text.length} characters, at most ${maxLength} are allowed` };
  }
  try {
    return { kind: "selector", selector: new Reader(text).selector() };
  } catch (error) {
    if (error instanceof BadSelector) return { kind: "invalid", reason: error.message };
    throw error;
  }
}

class BadSelector extends Error {}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  selector(): Selector {
    this.expect("{");
    const matchers: Matcher[] = [];
    do matchers.push(this.matcher());
    while (this.take(",") && !this.sees("}"));
    if (!this.take("}")) this.unexpected("} or ,");
    const filters: LineFilter[] = [];
    for (;;) {
      this.blanks();
      const operator = filterOperators.find((each) => this.take(each));
      if (operator === undefined) break;
      filters.push(this.filter(operator));
    }
    if (this.at < this.text.length) this.unexpected();
    return { matchers, filters };
  }

  private matcher(): Matcher {
    this.blanks();
    const name = /[a-zA-Z_][a-zA-Z0-9_]*/y;
    name.lastIndex = this.at;
    const found = name.exec(this.text)?.[0];
    if (found === undefined) return this.unexpected("IDENTIFIER");
    this.at += found.length;
    this.blanks();
    const operator = matchOperators.find((each) => this.take(each));
    if (operator === undefined) return this.unexpected("= or != or =~ or !~");
    const start = this.at;
    const value = this.string();
    if (operator === "=") return { name: found, test: (label) => label === value };
    if (operator === "!=") return { name: found, test: (label) => label !== value };
    const pattern = compileFullRe2(value);
    if (pattern.kind === "rejected") throw this.bad(start, pattern.message);
    const { re2 } = pattern;
    return { name: found, test: operator === "=~" ? (label) => re2.test(label) : (label) => !re2.test(label) };
  }

  private filter(operator: string): LineFilter {
    const tests = [this.test(operator)];
    while (this.word("or")) tests.push(this.test(operator));
    return { isNegated: operator.startsWith("!"), tests };
  }

  private test(operator: string): LineFilterTest {
    const value = this.string();
    if (operator.endsWith("=")) return { text: value };
    const pattern = compileRe2(value);
    if (pattern.kind === "rejected") throw new BadSelector(pattern.message);
    return { pattern: pattern.re2 };
  }

  private string(): string {
    this.blanks();
    const literal = unquoteAt(this.text, this.at);
    if (literal === undefined) return this.unexpected("STRING");
    this.at = literal.end;
    return literal.text;
  }

  private word(word: string): boolean {
    this.blanks();
    const pattern = new RegExp(`${word}\\b`, "y");
    pattern.lastIndex = this.at;
    return pattern.test(this.text) && this.take(word);
  }

  private expect(token: string): void {
    this.blanks();
    if (!this.take(token)) this.unexpected(token);
  }

  private sees(token: string): boolean {
    this.blanks();
    return this.text.startsWith(token, this.at);
  }

  private take(token: string): boolean {
    this.blanks();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private blanks(): void {
    while (this.at < this.text.length && /\s/.test(this.text[this.at] ?? "")) this.at += 1;
  }

  /** In the words of the parser that Alloy has generated, which lists at most four tokens that it expects. */
  private unexpected(expected?: string): never {
    const rest = this.text.slice(this.at);
    const token = tokens.find((each) => rest.startsWith(each));
    const found = rest === "" ? "$end" : rest.startsWith('"') ? "STRING" : (token ?? "IDENTIFIER");
    const wanted = expected === undefined ? "" : `, expecting ${expected}`;
    throw this.bad(this.at, `syntax error: unexpected ${found}${wanted}`);
  }

  private bad(at: number, message: string): BadSelector {
    const before = this.text.slice(0, at).split("\n");
    return new BadSelector(`parse error at line ${before.length}, col ${(before.at(-1)?.length ?? 0) + 1}: ${message}`);
  }
}
