import { type Directive, plainDirective } from "./go-directive.ts";

/** Larger widths and precisions are none, as in Go; what is allowed is cut to the writer's `maxWidth`. */
const tooLarge = 1_000_000;

/** How values of a kind are written by a format. */
export interface ValueWriter<Value> {
  readonly maxWidth: number;
  /** One value by a verb, in its field. */
  write(value: Value, verb: string, directive: Directive): string;
  /** The name of its type in Go; undefined for nil. */
  typeOf(value: Value): string | undefined;
  /** A whole number, for `*`. */
  wholeOf(value: Value): number | undefined;
}

/**
 * Go's `fmt.Sprintf`: flags, widths, precisions, numbers of arguments, and its marks for what does not fit. Verbs are the writer's.
 * @example sprintf("%5.1f", [2.25], writer) // "  2.2"
 */
export function sprintf<Value>(pattern: string, values: readonly Value[], writer: ValueWriter<Value>): string {
  return new Formatter(pattern, values, writer).run();
}

/** Reads a pattern from left to right, the arguments in turn or by their numbers. */
class Formatter<Value> {
  private at = 0;
  private next = 0;
  private isReordered = false;
  private isGoodIndex = true;
  private out = "";
  private readonly pattern: string;
  private readonly values: readonly Value[];
  private readonly writer: ValueWriter<Value>;

  constructor(pattern: string, values: readonly Value[], writer: ValueWriter<Value>) {
    this.pattern = pattern;
    this.values = values;
    this.writer = writer;
  }

  run(): string {
    for (;;) {
      const percent = this.pattern.indexOf("%", this.at);
      this.out += this.pattern.slice(this.at, percent < 0 ? undefined : percent);
      if (percent < 0) break;
      this.at = percent + 1;
      this.directive();
    }
    const left = this.values.slice(this.next);
    if (!this.isReordered && left.length > 0)
      this.out += `%!(EXTRA ${left.map((value) => this.extra(value)).join(", ")})`;
    return this.out;
  }

  private directive(): void {
    this.isGoodIndex = true;
    const flags = /[#0+\- ]*/y;
    flags.lastIndex = this.at;
    const given = flags.exec(this.pattern)?.[0] ?? "";
    this.at += given.length;
    let isIndexed = this.index();
    let isLeft = given.includes("-");
    let width: number | undefined;
    if (this.take("*")) {
      width = this.numberArgument("%!(BADWIDTH)");
      isLeft ||= (width ?? 0) < 0;
      isIndexed = false;
    } else {
      width = this.number();
      if (isIndexed && width !== undefined) this.isGoodIndex = false;
    }
    let precision: number | undefined;
    if (this.at + 1 < this.pattern.length && this.take(".")) {
      if (isIndexed) this.isGoodIndex = false;
      isIndexed = this.index();
      if (this.take("*")) {
        precision = this.numberArgument("%!(BADPREC)", { isPositive: true });
        isIndexed = false;
      } else precision = this.number() ?? 0;
    }
    if (!isIndexed) this.index();
    const verb = String.fromCodePoint(this.pattern.codePointAt(this.at) ?? 0);
    if (this.at >= this.pattern.length) {
      this.out += "%!(NOVERB)";
      return;
    }
    this.at += verb.length;
    this.print(verb.isWellFormed() ? verb : "\ufffd", {
      ...plainDirective,
      sharp: given.includes("#"),
      zero: given.includes("0"),
      plus: given.includes("+"),
      minus: isLeft,
      space: given.includes(" "),
      width: width === undefined ? undefined : Math.min(Math.abs(width), this.writer.maxWidth),
      precision: precision === undefined ? undefined : Math.min(precision, this.writer.maxWidth),
    });
  }

  private print(verb: string, directive: Directive): void {
    if (verb === "%") this.out += "%";
    else if (!this.isGoodIndex) this.out += `%!${verb}(BADINDEX)`;
    else if (this.next >= this.values.length) this.out += `%!${verb}(MISSING)`;
    else {
      const isOwn = verb === "v" || verb === "w";
      const { sharp } = directive;
      const asked = isOwn ? { ...directive, sharp: false, sharpV: sharp, plus: false } : directive;
      this.out += this.writer.write(this.values[this.next++] as Value, verb, asked);
    }
  }

  private extra(value: Value): string {
    const type = this.writer.typeOf(value);
    return type === undefined ? "<nil>" : `${type}=${this.writer.write(value, "v", plainDirective)}`;
  }

  private take(character: string): boolean {
    if (this.pattern.charAt(this.at) !== character) return false;
    this.at++;
    return true;
  }

  private number(): number | undefined {
    const digits = /\d*/y;
    digits.lastIndex = this.at;
    const found = digits.exec(this.pattern)?.[0] ?? "";
    if (found === "") return undefined;
    // A number that is far too long takes the rest of the pattern with it.
    const isCrazy = Number(found.slice(0, -1)) > tooLarge;
    this.at = isCrazy ? this.pattern.length : this.at + found.length;
    return isCrazy ? undefined : Number(found);
  }

  private numberArgument(complaint: string, { isPositive = false } = {}): number | undefined {
    const number = this.next < this.values.length ? this.writer.wholeOf(this.values[this.next++] as Value) : undefined;
    if (number === undefined || Math.abs(number) > tooLarge || (isPositive && number < 0)) {
      this.out += complaint;
      return undefined;
    }
    return number;
  }

  /** The number of an argument in brackets. */
  private index(): boolean {
    if (this.pattern.charAt(this.at) !== "[") return false;
    this.isReordered = true;
    const end = this.pattern.indexOf("]", this.at + 1);
    if (end < 0) {
      this.isGoodIndex = false;
      this.at++;
      return false;
    }
    const inner = this.pattern.slice(this.at + 1, end);
    this.at = end + 1;
    const index = /^\d+$/.test(inner) && Number(inner) <= tooLarge ? Number(inner) - 1 : undefined;
    if (index !== undefined && index >= 0 && index < this.values.length) {
      this.next = index;
      return true;
    }
    this.isGoodIndex = false;
    return index !== undefined;
  }
}
