import { escapedClass, namedClass } from "./classes.ts";
import type { Node } from "./node.ts";
import { allCodePoints, foldAscii, negate, normalize, notNewline, type Ranges } from "./ranges.ts";

interface Flags {
  readonly fold: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

class Unsupported extends Error {}

/**
 * The tree of a pattern that RE2 has already accepted, or undefined when it uses something that is left to RE2
 * (properties of Unicode, ungreedy mode, folding beyond ASCII). Never throws.
 */
export function parsePattern(pattern: string): Node | undefined {
  try {
    const reader = new Reader(pattern);
    const { node } = reader.alternation({ fold: false, multiline: false, dotAll: false });
    return reader.done() ? node : undefined;
  } catch (error) {
    if (error instanceof Unsupported || error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

class Reader {
  private at = 0;
  private readonly chars: readonly string[];

  constructor(pattern: string) {
    this.chars = Array.from(pattern);
  }

  done(): boolean {
    return this.at >= this.chars.length;
  }

  alternation(outer: Flags): { readonly node: Node } {
    let flags = outer;
    const branches: Node[] = [];
    let items: Node[] = [];
    const endBranch = (): void => {
      const [first] = items;
      branches.push(
        items.length === 0 ? { kind: "empty" } : items.length === 1 && first ? first : { kind: "concat", nodes: items },
      );
      items = [];
    };
    while (!this.done() && this.peek() !== ")") {
      if (this.peek() === "|") {
        this.at++;
        endBranch();
        continue;
      }
      if (this.looking("\\Q")) {
        this.at += 2;
        items.push(...this.quoted(flags));
        this.repetition(items);
        continue;
      }
      const flagsOnly = this.flagsAlone(flags);
      if (flagsOnly) {
        flags = flagsOnly;
        continue;
      }
      items.push(this.atom(flags));
      this.repetition(items);
    }
    endBranch();
    const [only] = branches;
    return { node: branches.length === 1 && only ? only : { kind: "alternate", nodes: branches } };
  }

  private peek(ahead = 0): string {
    return this.chars[this.at + ahead] ?? "";
  }

  private looking(text: string): boolean {
    return Array.from(text).every((c, i) => this.peek(i) === c);
  }

  private quoted(flags: Flags): Node[] {
    const out: Node[] = [];
    while (!this.done()) {
      if (this.looking("\\E")) {
        this.at += 2;
        return out;
      }
      out.push(literal(this.peek().codePointAt(0) ?? 0, flags));
      this.at++;
    }
    return out;
  }

  private flagsAlone(flags: Flags): Flags | undefined {
    if (!this.looking("(?")) {
      return undefined;
    }
    const end = this.chars.indexOf(")", this.at);
    const text = this.chars.slice(this.at, end + 1).join("");
    const found = /^\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?\)$/.exec(text);
    if (end < 0 || !found) {
      return undefined;
    }
    this.at = end + 1;
    return withFlags(flags, found[1] ?? "", found[2] ?? "");
  }

  private atom(flags: Flags): Node {
    const c = this.peek();
    this.at++;
    switch (c) {
      case "(":
        return this.group(flags);
      case "[":
        return { kind: "set", ranges: this.classRanges(flags) };
      case ".":
        return { kind: "set", ranges: flags.dotAll ? allCodePoints : notNewline };
      case "^":
        return { kind: "assert", assertion: flags.multiline ? "line-start" : "text-start" };
      case "$":
        return { kind: "assert", assertion: flags.multiline ? "line-end" : "text-end" };
      case "\\":
        return this.escape(flags);
      default:
        return literal(c.codePointAt(0) ?? 0, flags);
    }
  }

  private group(outer: Flags): Node {
    let flags = outer;
    let capturing = true;
    if (this.peek() === "?") {
      const rest = this.chars.slice(this.at, this.at + 80).join("");
      const named = /^\?P?<[^>]*>/.exec(rest);
      const flagged = /^\?([a-zA-Z]*)(?:-([a-zA-Z]+))?:/.exec(rest);
      if (named) {
        this.at += Array.from(named[0]).length;
      } else if (flagged) {
        this.at += flagged[0].length;
        capturing = false;
        flags = withFlags(flags, flagged[1] ?? "", flagged[2] ?? "");
      } else {
        throw new Unsupported();
      }
    }
    const { node } = this.alternation(flags);
    if (this.peek() !== ")") {
      throw new Unsupported();
    }
    this.at++;
    return capturing ? { kind: "capture", node } : node;
  }

  private repetition(items: Node[]): void {
    const node = items.at(-1);
    const bounds = node ? this.bounds() : undefined;
    if (!node || !bounds) {
      return;
    }
    const lazy = this.peek() === "?";
    if (lazy) {
      this.at++;
    }
    items[items.length - 1] = { kind: "repeat", node, min: bounds[0], max: bounds[1], lazy };
  }

  private bounds(): readonly [number, number] | undefined {
    switch (this.peek()) {
      case "*":
        this.at++;
        return [0, Number.POSITIVE_INFINITY];
      case "+":
        this.at++;
        return [1, Number.POSITIVE_INFINITY];
      case "?":
        this.at++;
        return [0, 1];
      default: {
        const found = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(this.chars.slice(this.at, this.at + 12).join(""));
        if (!found) {
          return undefined;
        }
        this.at += found[0].length;
        const min = Number(found[1]);
        return [min, found[2] === "" ? min : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3])];
      }
    }
  }

  private escape(flags: Flags): Node {
    const c = this.peek();
    const assertion = ({ A: "text-start", z: "text-end", b: "word", B: "not-word" } as const)[c];
    if (assertion) {
      this.at++;
      return { kind: "assert", assertion };
    }
    const escaped = escapedClass(c);
    if (escaped) {
      this.at++;
      return { kind: "set", ranges: folded(escaped, flags) };
    }
    return literal(this.escapedChar(), flags);
  }

  private escapedChar(): number {
    const c = this.peek();
    this.at++;
    const control = ({ a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 } as Readonly<Record<string, number>>)[c];
    if (control !== undefined) {
      return control;
    }
    if (c === "x") {
      const found = /^(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/.exec(this.chars.slice(this.at, this.at + 12).join(""));
      if (!found) {
        throw new Unsupported();
      }
      this.at += found[0].length;
      return Number.parseInt(found[1] ?? found[2] ?? "", 16);
    }
    if (/[0-7]/.test(c)) {
      const found = /^[0-7]{0,2}/.exec(this.chars.slice(this.at, this.at + 2).join(""));
      this.at += found?.[0].length ?? 0;
      return Number.parseInt(c + (found?.[0] ?? ""), 8);
    }
    if (c === "" || /[A-Za-z0-9]/.test(c) || c > "\x7f") {
      throw new Unsupported();
    }
    return c.codePointAt(0) ?? 0;
  }

  private classRanges(flags: Flags): Ranges {
    const negated = this.peek() === "^";
    if (negated) {
      this.at++;
    }
    const pairs: number[] = [];
    for (let first = true; first || this.peek() !== "]"; first = false) {
      if (this.done()) {
        throw new Unsupported();
      }
      const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.chars.slice(this.at, this.at + 14).join(""));
      const ranges = posix ? namedClass(posix[2] ?? "") : this.peek() === "\\" ? escapedClass(this.peek(1)) : undefined;
      if (ranges) {
        this.at += posix ? posix[0].length : 2;
        pairs.push(...(posix?.[1] === "^" ? negate(ranges) : ranges));
        continue;
      }
      const from = this.classChar();
      let to = from;
      if (this.peek() === "-" && this.peek(1) !== "]" && this.peek(1) !== "") {
        this.at++;
        to = this.classChar();
      }
      pairs.push(from, to);
    }
    this.at++;
    const ranges = folded(normalize(pairs), flags);
    return negated ? negate(ranges) : ranges;
  }

  private classChar(): number {
    const c = this.peek();
    this.at++;
    return c === "\\" ? this.escapedChar() : (c.codePointAt(0) ?? 0);
  }
}

function literal(codePoint: number, flags: Flags): Node {
  return { kind: "set", ranges: folded([codePoint, codePoint], flags) };
}

function folded(ranges: Ranges, flags: Flags): Ranges {
  const out = flags.fold ? foldAscii(ranges) : ranges;
  if (!out) {
    throw new Unsupported();
  }
  return out;
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  if (/[^ims]/.test(on + off)) {
    throw new Unsupported();
  }
  const is = (flag: string, before: boolean): boolean => (off.includes(flag) ? false : on.includes(flag) || before);
  return { fold: is("i", flags.fold), multiline: is("m", flags.multiline), dotAll: is("s", flags.dotAll) };
}
