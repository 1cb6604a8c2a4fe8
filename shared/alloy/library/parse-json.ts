import { describeRune } from "../../go-quote.ts";
import { Mismatch } from "../mismatch.ts";
import { float, type Value } from "../value.ts";

const maxDepth = 1_000;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * JSON as Go's `encoding/json` reads it into an interface, with its words for what is wrong. `numberOf` makes a value of the text of a
 * number; without it every one is a float.
 */
export function parseJson(text: string, numberOf: (text: string) => Value = floatOf): Value {
  return new JsonParser(text, numberOf).parse();
}

function floatOf(text: string): Value {
  const value = Number(text);
  if (Number.isFinite(value)) return float(value);
  throw new Mismatch(`json: cannot unmarshal number ${text} into Go value of type float64`);
}

class JsonParser {
  private readonly text: string;
  private readonly numberOf: (text: string) => Value;
  private at = 0;

  constructor(text: string, numberOf: (text: string) => Value) {
    this.text = text;
    this.numberOf = numberOf;
  }

  parse(): Value {
    const value = this.parseValue(0);
    this.skipBlanks();
    if (this.at < this.text.length) throw this.unexpected("after top-level value");
    return value;
  }

  private parseValue(depth: number): Value {
    if (depth > maxDepth) throw new Mismatch("exceeded max depth");
    this.skipBlanks();
    const character = this.text.charAt(this.at);
    if (character === "{") return this.parseObject(depth);
    if (character === "[") return this.parseArray(depth);
    if (character === '"') return this.parseString();
    if (character === "-" || /\d/.test(character)) return this.parseNumber();
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (character === word.charAt(0)) return this.parseWord(word, value);
    }
    throw this.unexpected("looking for beginning of value");
  }

  private parseObject(depth: number): Value {
    const fields = new Map<string, Value>();
    this.at++;
    this.skipBlanks();
    if (this.take("}")) return fields;
    for (;;) {
      this.skipBlanks();
      if (this.text.charAt(this.at) !== '"') throw this.unexpected("looking for beginning of object key string");
      const key = this.parseString();
      this.skipBlanks();
      if (!this.take(":")) throw this.unexpected("after object key");
      fields.set(key, this.parseValue(depth + 1));
      this.skipBlanks();
      if (this.take("}")) return fields;
      if (!this.take(",")) throw this.unexpected("after object key:value pair");
    }
  }

  private parseArray(depth: number): Value {
    const elements: Value[] = [];
    this.at++;
    this.skipBlanks();
    if (this.take("]")) return elements;
    for (;;) {
      elements.push(this.parseValue(depth + 1));
      this.skipBlanks();
      if (this.take("]")) return elements;
      if (!this.take(",")) throw this.unexpected("after array element");
    }
  }

  private parseString(): string {
    const start = this.at++;
    for (;;) {
      const character = this.text.charAt(this.at);
      if (character === "" || character < " ") throw this.unexpected("in string literal");
      this.at++;
      if (character === '"') return (JSON.parse(this.text.slice(start, this.at)) as string).toWellFormed();
      if (character === "\\") this.parseEscape();
    }
  }

  private parseEscape(): void {
    const character = this.text.charAt(this.at);
    if (!/["\\/bfnrtu]/.test(character)) throw this.unexpected("in string escape code");
    this.at++;
    if (character !== "u") return;
    for (let left = 4; left > 0; left--) {
      if (!/[0-9a-fA-F]/.test(this.text.charAt(this.at))) throw this.unexpected("in \\u hexadecimal character escape");
      this.at++;
    }
  }

  private parseNumber(): Value {
    numberPattern.lastIndex = this.at;
    const found = numberPattern.exec(this.text)?.[0];
    if (found === undefined) {
      this.at++;
      throw this.unexpected("in numeric literal");
    }
    this.at += found.length;
    if (/[.eE]/.test(this.text.charAt(this.at))) {
      this.at++;
      throw this.unexpected("after decimal point in numeric literal");
    }
    return this.numberOf(found);
  }

  private parseWord(word: string, value: Value): Value {
    for (const [index, expected] of [...word].entries()) {
      if (this.text.charAt(this.at) !== expected)
        throw this.unexpected(`in literal ${word} (expecting '${word.charAt(index)}')`);
      this.at++;
    }
    return value;
  }

  private take(character: string): boolean {
    if (this.text.charAt(this.at) !== character) return false;
    this.at++;
    return true;
  }

  private skipBlanks(): void {
    while (/^[ \t\r\n]$/.test(this.text.charAt(this.at))) this.at++;
  }

  private unexpected(where: string): Mismatch {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) return new Mismatch("unexpected end of JSON input");
    return new Mismatch(`invalid character ${describeRune(String.fromCodePoint(code))} ${where}`);
  }
}
