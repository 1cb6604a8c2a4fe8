import { Mismatch } from "../../mismatch.ts";

/** A place in the text of a path. What it refuses is a `Mismatch` that shows the rest. */
export class PathReader {
  at = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here, `""` at the end. */
  peek(): string {
    return this.text.charAt(this.at);
  }

  next(): string {
    return this.text.charAt(this.at++);
  }

  /** The character here after blanks, which are skipped. */
  peekBehindBlanks(): string {
    while (this.peek() === " ") this.at++;
    return this.peek();
  }

  /** The same, and goes on behind it. */
  nextBehindBlanks(): string {
    const character = this.peekBehindBlanks();
    if (character !== "") this.at++;
    return character;
  }

  fail(): Mismatch {
    const rest = this.text.slice(Math.max(0, this.at - 1));
    return new Mismatch(`the path ${JSON.stringify(this.text)} cannot be read from ${JSON.stringify(rest)} on`);
  }

  /** A whole number of which `first` has been read already; stands behind the character that follows, which is returned. */
  wholeNumber(first: string): { readonly number: number; readonly follows: string } {
    const isNegative = first === "-";
    const digits = /\d*/y;
    digits.lastIndex = isNegative ? this.at : this.at - 1;
    const found = digits.exec(this.text)?.[0] ?? "";
    this.at = digits.lastIndex;
    if (found === "" || this.ended) throw this.fail();
    return { number: isNegative ? -Number(found) : Number(found), follows: this.next() };
  }

  /** A text whose quotation mark has been read. */
  quoted(mark: string): string {
    let text = "";
    for (;;) {
      if (this.ended) throw this.fail();
      const character = this.next();
      if (character === mark) return text;
      text += character === "\\" ? this.escape() : character;
    }
  }

  private escape(): string {
    const letter = this.next();
    const simple: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r" };
    if (Object.hasOwn(simple, letter)) return simple[letter] ?? "";
    if (letter !== "" && "\"'\\".includes(letter)) return letter;
    const digits = letter === "x" ? 2 : letter === "u" || letter === "U" ? 4 : 0;
    const hex = this.text.slice(this.at, this.at + digits);
    if (digits === 0 || hex.length < digits || !/^[0-9a-fA-F]+$/.test(hex)) throw this.fail();
    this.at += digits;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
}
