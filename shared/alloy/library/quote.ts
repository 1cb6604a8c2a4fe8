const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const short: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

/** A text as Go's `%q` prints it. */
export function quote(text: string): string {
  let quoted = "";
  for (const character of text) quoted += character === '"' ? '\\"' : escaped(character);
  return `"${quoted}"`;
}

/** A character as Go's `%q` prints a rune: `'x'`. */
export function describeRune(character: string): string {
  return `'${character === "'" ? "\\'" : escaped(character)}'`;
}

function escaped(character: string): string {
  if (Object.hasOwn(short, character)) return short[character] ?? character;
  if (printable.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
