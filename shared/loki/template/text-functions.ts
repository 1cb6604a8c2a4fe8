import { createHash } from "node:crypto";
import { quote } from "../../go-quote.ts";
import { TemplateFailure, type TemplateFunction } from "./nodes.ts";
import { anyInteger, anyText, integer, isTrue, text } from "./values.ts";

const maxRepeat = 1_000_000;

/** The functions of sprig that work on text and numbers; dates, lists, dictionaries, keys and the environment are left out. */
export const textFunctions: Readonly<Record<string, TemplateFunction>> = {
  lower: (s) => text(s).toLowerCase(),
  upper: (s) => text(s).toUpperCase(),
  title: (s) =>
    text(s).replace(/(^|\s)(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
  untitle: (s) =>
    text(s).replace(/(^|\s)(\p{L})/gu, (_, before: string, letter: string) => before + letter.toLowerCase()),
  trim: (s) => text(s).trim(),
  trimAll: (cutset, s) => trimAll(text(s), text(cutset)),
  trimPrefix: (prefix, s) => (text(s).startsWith(text(prefix)) ? text(s).slice(text(prefix).length) : text(s)),
  trimSuffix: (suffix, s) =>
    text(suffix) !== "" && text(s).endsWith(text(suffix)) ? text(s).slice(0, -text(suffix).length) : text(s),
  replace: (old, replacement, s) => text(s).replaceAll(text(old), () => text(replacement)),
  contains: (part, s) => text(s).includes(text(part)),
  hasPrefix: (prefix, s) => text(s).startsWith(text(prefix)),
  hasSuffix: (suffix, s) => text(s).endsWith(text(suffix)),
  swapcase: (s) =>
    text(s).replace(/\p{L}/gu, (letter) =>
      letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
    ),
  abbrev: (width, s) => {
    const [most, whole] = [integer(width), text(s)];
    return most < 4 || Buffer.byteLength(whole) <= most ? whole : `${whole.slice(0, most - 3)}...`;
  },
  indent: (spaces, s) => indented(integer(spaces), text(s)),
  nindent: (spaces, s) => `\n${indented(integer(spaces), text(s))}`,
  nospace: (s) => text(s).replace(/\s+/g, ""),
  repeat: (count, s) => {
    if (integer(count) < 0 || integer(count) * text(s).length > maxRepeat)
      throw new TemplateFailure("repeat: too long");
    return text(s).repeat(integer(count));
  },
  substr: (start, end, s) => {
    const from = Math.max(0, integer(start));
    return integer(end) < 0 || integer(end) > text(s).length ? text(s).slice(from) : text(s).slice(from, integer(end));
  },
  trunc: (length, s) => (integer(length) < 0 ? text(s).slice(integer(length)) : text(s).slice(0, integer(length))),
  quote: (...args) =>
    args
      .filter((each) => each !== undefined)
      .map((each) => quote(anyText(each)))
      .join(" "),
  squote: (...args) =>
    args
      .filter((each) => each !== undefined)
      .map((each) => `'${anyText(each)}'`)
      .join(" "),
  cat: (...args) =>
    args
      .filter((each) => each !== undefined)
      .map(anyText)
      .join(" "),
  toString: anyText,
  default: (fallback, given) => (isTrue(given) ? given : fallback),
  empty: (value) => !isTrue(value),
  coalesce: (...args) => args.find(isTrue),
  ternary: (yes, no, condition) => (isTrue(condition) ? yes : no),
  b64enc: (s) => Buffer.from(text(s)).toString("base64"),
  b64dec: (s) => Buffer.from(text(s), "base64").toString("utf8"),
  sha1sum: (s) => createHash("sha1").update(text(s)).digest("hex"),
  sha256sum: (s) => createHash("sha256").update(text(s)).digest("hex"),
  sha512sum: (s) => createHash("sha512").update(text(s)).digest("hex"),
  atoi: anyInteger,
  int: anyInteger,
  int64: anyInteger,
  add: (...args) => args.map(anyInteger).reduce((sum, each) => sum + each, 0),
  add1: (value) => anyInteger(value) + 1,
  sub: (a, b) => anyInteger(a) - anyInteger(b),
  mul: (...args) => args.map(anyInteger).reduce((product, each) => product * each, 1),
  div: (a, b) => {
    if (anyInteger(b) === 0) throw new TemplateFailure("integer divide by zero");
    return Math.trunc(anyInteger(a) / anyInteger(b));
  },
  mod: (a, b) => {
    if (anyInteger(b) === 0) throw new TemplateFailure("integer divide by zero");
    return anyInteger(a) % anyInteger(b);
  },
  max: (...args) => Math.max(...args.map(anyInteger)),
  min: (...args) => Math.min(...args.map(anyInteger)),
};

function indented(spaces: number, s: string): string {
  if (spaces < 0 || spaces > 1_000) throw new TemplateFailure("indent: out of range");
  return s.replace(/^/gm, " ".repeat(spaces));
}

function trimAll(s: string, cutset: string): string {
  const characters = [...s];
  const start = characters.findIndex((each) => !cutset.includes(each));
  const end = characters.findLastIndex((each) => !cutset.includes(each));
  return start < 0 ? "" : characters.slice(start, end + 1).join("");
}
