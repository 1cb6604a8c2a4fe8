import { negate, type Ranges } from "./ranges.ts";

const digit: Ranges = [0x30, 0x39];
const word: Ranges = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
const space: Ranges = [0x09, 0x0a, 0x0c, 0x0d, 0x20, 0x20];

const escaped: Readonly<Record<string, Ranges>> = {
  d: digit,
  D: negate(digit),
  w: word,
  W: negate(word),
  s: space,
  S: negate(space),
};

const named: Readonly<Record<string, Ranges>> = {
  alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
  alpha: [0x41, 0x5a, 0x61, 0x7a],
  ascii: [0x00, 0x7f],
  blank: [0x09, 0x09, 0x20, 0x20],
  cntrl: [0x00, 0x1f, 0x7f, 0x7f],
  digit: digit,
  graph: [0x21, 0x7e],
  lower: [0x61, 0x7a],
  print: [0x20, 0x7e],
  punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  space: [0x09, 0x0d, 0x20, 0x20],
  upper: [0x41, 0x5a],
  word: word,
  xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
};

/** The set of `\d`, `\w`, `\s` and their opposites, which hold ASCII alone in RE2; undefined for other letters. */
export function escapedClass(letter: string): Ranges | undefined {
  return Object.hasOwn(escaped, letter) ? escaped[letter] : undefined;
}

/** The set of `[:name:]`; undefined for an unknown name. */
export function namedClass(name: string): Ranges | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}
