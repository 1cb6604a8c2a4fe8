import { decodePart } from "../argument-type.ts";
import { sortedKeys } from "../go-text.ts";
import { Mismatch, within } from "../mismatch.ts";
import { bytesOfText, textOfBytes } from "../text.ts";
import { string } from "../text-types.ts";
import { isArray, isCapsule, isObject, isOptionalSecret, type Value } from "../value.ts";
import { raw } from "./define.ts";
import { formatVerb } from "./format-verb.ts";
import { goType } from "./go-type.ts";
import { type Directive, plainDirective } from "./pad.ts";

/** Larger widths and precisions are none, as in Go; what is allowed is cut to `maxWidth`. */
const tooLarge = 1_000_000;
const maxWidth = 10_000;

/** `string.format`: Go's `fmt.Sprintf`, with its marks for arguments that do not fit. A secret is refused, where Alloy prints it. */
export const format = raw((args) => {
  if (args.length === 0) throw new Mismatch("expected at least 1 args, got 0");
  const pattern = within(0, () => decodePart(string, args[0] ?? null));
  const values = args.slice(1).map((value, index) => within(index + 1, () => shown(value)));
  const text = new Formatter(pattern, values).run();
  return text.isWellFormed() ? text : textOfBytes(bytesOfText(text));
});

/** Reads a pattern from left to right, the arguments in turn or by their numbers. */
class Formatter {
  private at = 0;
  private next = 0;
  private isReordered = false;
  private isGoodIndex = true;
  private out = "";
  private readonly pattern: string;
  private readonly values: readonly Value[];

  constructor(pattern: string, values: readonly Value[]) {
    this.pattern = pattern;
    this.values = values;
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
    if (!this.isReordered && left.length > 0) this.out += `%!(EXTRA ${left.map(extra).join(", ")})`;
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
      width: width === undefined ? undefined : Math.min(Math.abs(width), maxWidth),
      precision: precision === undefined ? undefined : Math.min(precision, maxWidth),
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
      this.out += formatVerb(this.values[this.next++] ?? null, verb, asked);
    }
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
    const value = this.next < this.values.length ? this.values[this.next++] : undefined;
    const isWhole = typeof value === "object" && value !== null && "kind" in value;
    const number = isWhole && (value.kind === "int" || value.kind === "uint") ? Number(value.value) : undefined;
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

function extra(value: Value): string {
  return value === null ? "<nil>" : `${goType(value)}=${formatVerb(value, "v", plainDirective)}`;
}

/** A value without what must not be shown. */
function shown(value: Value): Value {
  if (isArray(value)) return value.map((each, index) => within(index, () => shown(each)));
  if (isObject(value))
    return new Map(sortedKeys(value).map((key) => [key, within(key, () => shown(value.get(key) ?? null))]));
  if (!isCapsule(value)) return value;
  if (isOptionalSecret(value) && !value.content.secret) return value.content.text.reveal();
  throw new Mismatch("secrets may not be converted into strings");
}
