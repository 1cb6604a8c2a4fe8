const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
/** Nothing to escape in it, as in most labels. */
const plain = /^[ !#-[\]-~]*$/;
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

/** `ascii`: every other character as an escape. */
interface QuoteOptions {
  readonly ascii?: boolean;
}

/** A text as Go's `%q` and `strconv.Quote` print it. */
export function quote(text: string, options: QuoteOptions = {}): string {
  if (plain.test(text)) return `"${text}"`;
  let quoted = "";
  for (const character of text) quoted += character === '"' ? '\\"' : escaped(character, options);
  return `"${quoted}"`;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text in which one that is not UTF-8 is the lone surrogate U+DC00 + byte, which `quote` prints as `\\xff`. */
export function quotableText(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const character = decoded(bytes.subarray(at, at + length));
    text += character ?? String.fromCharCode(0xdc00 + first);
    at += character === undefined ? 1 : length;
  }
  return text;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A character as Go's `%q` prints a rune: `'x'`. */
export function describeRune(character: string, options: QuoteOptions = {}): string {
  return `'${character === "'" ? "\\'" : escaped(character, options)}'`;
}

/** Whether Go prints a text between backticks where it may: one line, without backticks and controls. */
export function isQuotedRaw(text: string): boolean {
  return text.isWellFormed() && !/[`\ufeff]|(?!\t)[\p{Cc}--[\u0080-\u009f]]/v.test(text);
}

/** Whether Go counts a character as one that can be printed. */
export function isPrintable(character: string): boolean {
  return printable.test(character);
}

function escaped(character: string, { ascii = false }: QuoteOptions): string {
  if (Object.hasOwn(short, character)) return short[character] ?? character;
  const code = character.codePointAt(0) ?? 0;
  if (printable.test(character) && (!ascii || code < 0x80)) return character;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
