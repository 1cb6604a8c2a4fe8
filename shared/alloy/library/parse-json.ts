import { Mismatch } from "../mismatch.ts";
import { float, type Value } from "../value.ts";
import { describeRune } from "./quote.ts";

const maxDepth = 1_000;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** JSON as Go's `encoding/json` reads it into an interface: every number a float, with its words for what is wrong. */
export function parseJson(text: string): Value {
  let at = 0;
  const value = parseValue(0);
  skipBlanks();
  if (at < text.length) throw unexpected("after top-level value");
  return value;

  function parseValue(depth: number): Value {
    if (depth > maxDepth) throw new Mismatch("exceeded max depth");
    skipBlanks();
    const character = text.charAt(at);
    if (character === "{") return parseObject(depth);
    if (character === "[") return parseArray(depth);
    if (character === '"') return parseString();
    if (character === "-" || /\d/.test(character)) return parseNumber();
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (character === word.charAt(0)) return parseWord(word, value);
    }
    throw unexpected("looking for beginning of value");
  }

  function parseObject(depth: number): Value {
    const fields = new Map<string, Value>();
    at++;
    skipBlanks();
    if (take("}")) return fields;
    for (;;) {
      skipBlanks();
      if (text.charAt(at) !== '"') throw unexpected("looking for beginning of object key string");
      const key = parseString();
      skipBlanks();
      if (!take(":")) throw unexpected("after object key");
      fields.set(key, parseValue(depth + 1));
      skipBlanks();
      if (take("}")) return fields;
      if (!take(",")) throw unexpected("after object key:value pair");
    }
  }

  function parseArray(depth: number): Value {
    const elements: Value[] = [];
    at++;
    skipBlanks();
    if (take("]")) return elements;
    for (;;) {
      elements.push(parseValue(depth + 1));
      skipBlanks();
      if (take("]")) return elements;
      if (!take(",")) throw unexpected("after array element");
    }
  }

  function parseString(): string {
    const start = at++;
    for (;;) {
      const character = text.charAt(at);
      if (character === "" || character < " ") throw unexpected("in string literal");
      at++;
      if (character === '"') return (JSON.parse(text.slice(start, at)) as string).toWellFormed();
      if (character === "\\") parseEscape();
    }
  }

  function parseEscape(): void {
    const character = text.charAt(at);
    if (!/["\\/bfnrtu]/.test(character)) throw unexpected("in string escape code");
    at++;
    if (character !== "u") return;
    for (let left = 4; left > 0; left--) {
      if (!/[0-9a-fA-F]/.test(text.charAt(at))) throw unexpected("in \\u hexadecimal character escape");
      at++;
    }
  }

  function parseNumber(): Value {
    numberPattern.lastIndex = at;
    const found = numberPattern.exec(text)?.[0];
    if (found === undefined) {
      at++;
      throw unexpected("in numeric literal");
    }
    at += found.length;
    if (/[.eE]/.test(text.charAt(at))) {
      at++;
      throw unexpected("after decimal point in numeric literal");
    }
    const value = Number(found);
    if (Number.isFinite(value)) return float(value);
    throw new Mismatch(`json: cannot unmarshal number ${found} into Go value of type float64`);
  }

  function parseWord(word: string, value: Value): Value {
    for (const [index, expected] of [...word].entries()) {
      if (text.charAt(at) !== expected) throw unexpected(`in literal ${word} (expecting '${word.charAt(index)}')`);
      at++;
    }
    return value;
  }

  function take(character: string): boolean {
    if (text.charAt(at) !== character) return false;
    at++;
    return true;
  }

  function skipBlanks(): void {
    while (/^[ \t\r\n]$/.test(text.charAt(at))) at++;
  }

  function unexpected(where: string): Mismatch {
    const code = text.codePointAt(at);
    if (code === undefined) return new Mismatch("unexpected end of JSON input");
    return new Mismatch(`invalid character ${describeRune(String.fromCodePoint(code))} ${where}`);
  }
}
