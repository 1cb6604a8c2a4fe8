import { list } from "../composite-types.ts";
import { bytesOfText, joinTexts, textOfBytes } from "../text.ts";
import { string } from "../text-types.ts";
import { typed } from "./define.ts";

const spaceAtStart = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const spaceAtEnd = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/** `string.join`. */
export const join = typed([list(string), string], (parts, separator) =>
  parts.reduce((joined, part, index) => (index === 0 ? part : joinTexts(joinTexts(joined, separator), part)), ""),
);

/** `string.replace`. */
export const replace = typed([string, string, string], (text, old, by) => {
  if (old === "") return `${by}${[...text].map((character) => `${character}${by}`).join("")}`;
  return bytewise([text, old, by], ([whole = "", from = "", to = ""]) => [whole.split(from).join(to)])[0] ?? "";
});

/** `string.split`. */
export const split = typed([string, string], (text, separator) =>
  separator === "" ? [...text] : bytewise([text, separator], ([whole = "", between = ""]) => whole.split(between)),
);

/** `string.to_lower`. */
export const toLower = typed([string], (text) => mapped(text, (character) => character.toLowerCase()));
/** `string.to_upper`. */
export const toUpper = typed([string], (text) => mapped(text, (character) => character.toUpperCase()));

/** `string.trim`. */
export const trim = typed([string, string], (text, cutset) => {
  // A byte that is not a letter counts as U+FFFD.
  const cut = new Set(cutset.toWellFormed());
  const characters = [...text];
  const isKept = (character: string) => !cut.has(character.toWellFormed());
  const first = characters.findIndex(isKept);
  return first < 0 ? "" : characters.slice(first, characters.findLastIndex(isKept) + 1).join("");
});

/** `string.trim_prefix`. */
export const trimPrefix = typed(
  [string, string],
  (text, prefix) =>
    bytewise([text, prefix], ([whole = "", part = ""]) => [
      whole.startsWith(part) ? whole.slice(part.length) : whole,
    ])[0] ?? "",
);
/** `string.trim_suffix`. */
export const trimSuffix = typed(
  [string, string],
  (text, suffix) =>
    bytewise([text, suffix], ([whole = "", part = ""]) => [
      whole.endsWith(part) ? whole.slice(0, whole.length - part.length) : whole,
    ])[0] ?? "",
);
/** `string.trim_space`. */
export const trimSpace = typed([string], (text) => text.replace(spaceAtStart, "").replace(spaceAtEnd, ""));

/** Runs what looks for parts of texts; over their bytes where one of them is not UTF-8, because a part may end inside a letter there. */
function bytewise(texts: readonly string[], run: (texts: readonly string[]) => readonly string[]): readonly string[] {
  if (texts.every((text) => text.isWellFormed())) return run(texts);
  const asBytes = texts.map((text) => Array.from(bytesOfText(text), (byte) => String.fromCharCode(byte)).join(""));
  return run(asBytes).map((text) => textOfBytes(Uint8Array.from(text, (character) => character.charCodeAt(0))));
}

/** Case as Go maps it: a letter to one letter, or to itself (`ß` has no upper case of one letter). */
function mapped(text: string, map: (character: string) => string): string {
  let result = "";
  for (const character of text.toWellFormed()) {
    const other = map(character);
    result += [...other].length === 1 ? other : character === "İ" ? "i" : character;
  }
  return result;
}
