import { list } from "../composite-types.ts";
import { joinTexts } from "../text.ts";
import { string } from "../text-types.ts";
import { typed } from "./define.ts";

const spaceAtStart = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const spaceAtEnd = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

export const join = typed([list(string), string], (parts, separator) =>
  parts.reduce((joined, part, index) => (index === 0 ? part : joinTexts(joinTexts(joined, separator), part)), ""),
);

export const replace = typed([string, string, string], (text, old, by) => {
  if (old !== "") return text.split(old).join(by);
  return `${by}${[...text].map((character) => `${character}${by}`).join("")}`;
});

export const split = typed([string, string], (text, separator) =>
  separator === "" ? [...text] : text.split(separator),
);

export const toLower = typed([string], (text) => mapped(text, (character) => character.toLowerCase()));
export const toUpper = typed([string], (text) => mapped(text, (character) => character.toUpperCase()));

export const trim = typed([string, string], (text, cutset) => {
  const cut = new Set(cutset);
  const characters = [...text];
  const first = characters.findIndex((character) => !cut.has(character));
  const last = characters.findLastIndex((character) => !cut.has(character));
  return first < 0 ? "" : characters.slice(first, last + 1).join("");
});

export const trimPrefix = typed([string, string], (text, prefix) =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text,
);
export const trimSuffix = typed([string, string], (text, suffix) =>
  text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
);
export const trimSpace = typed([string], (text) => text.replace(spaceAtStart, "").replace(spaceAtEnd, ""));

/** Case as Go maps it: a letter to one letter, or to itself (`ß` has no upper case of one letter). */
function mapped(text: string, map: (character: string) => string): string {
  let result = "";
  for (const character of text) {
    const other = map(character);
    result += [...other].length === 1 ? other : character === "İ" ? "i" : character;
  }
  return result;
}
