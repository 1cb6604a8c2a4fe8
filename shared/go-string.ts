const simpleEscapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
};
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The text of a quoted string and the offset behind it. */
export interface Unquoted {
  readonly text: string;
  readonly end: number;
}

/**
 * Reads a string literal of Go (double quotes with escapes, or back quotes) that begins at `at`; undefined if it is none.
 * `newlines`: whether one may stand between double quotes, as in OTTL; default no.
 */
export function unquoteAt(source: string, at: number, { newlines = false } = {}): Unquoted | undefined {
  const mark = source[at];
  if (mark === "`") {
    const close = source.indexOf("`", at + 1);
    return close < 0 ? undefined : { text: source.slice(at + 1, close).replaceAll("\r", ""), end: close + 1 };
  }
  return mark === '"' ? interpreted(source, at + 1, newlines) : undefined;
}

/** Bytes beyond ASCII that stand side by side are UTF-8. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function interpreted(source: string, from: number, newlines: boolean): Unquoted | undefined {
  let text = "";
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) text += decoder.decode(Uint8Array.from(bytes));
    bytes = [];
  };
  for (let at = from; at < source.length; ) {
    const character = source[at] ?? "";
    if (character === '"') {
      flush();
      return { text, end: at + 1 };
    }
    if (character === "\n" && !newlines) return undefined;
    if (character !== "\\") {
      flush();
      text += character;
      at += 1;
      continue;
    }
    const sequence = readEscape(source, at + 1);
    if (sequence === undefined) return undefined;
    if (typeof sequence.value === "number") bytes.push(sequence.value);
    else {
      flush();
      text += sequence.value;
    }
    at = sequence.end;
  }
  return undefined;
}

/** `\x` and octal escapes are bytes (a number), which only together make characters. */
function readEscape(source: string, at: number): { value: string | number; end: number } | undefined {
  const letter = source[at] ?? "";
  const simple = simpleEscapes[letter];
  if (simple !== undefined) return { value: simple, end: at + 1 };
  if (/[0-7]/.test(letter)) {
    const digits = source.slice(at, at + 3);
    const byte = Number.parseInt(digits, 8);
    return /^[0-7]{3}$/.test(digits) && byte < 256 ? { value: byte, end: at + 3 } : undefined;
  }
  const length = hexDigits[letter];
  if (length === undefined) return undefined;
  const digits = source.slice(at + 1, at + 1 + length);
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 16);
  if (letter === "x") return { value: code, end: at + 3 };
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  return { value: String.fromCodePoint(code), end: at + 1 + length };
}
