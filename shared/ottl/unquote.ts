const simple: Readonly<Record<string, string>> = {
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

/** Bytes beyond ASCII that stand side by side are UTF-8. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A double-quoted string with Go's escapes, without quotes and escapes; undefined when an escape is not one of them. */
export function unquote(quoted: string): string | undefined {
  let text = "";
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length > 0) text += decoder.decode(Uint8Array.from(bytes));
    bytes = [];
  };
  for (let at = 1; at < quoted.length - 1; ) {
    const found = quoted[at] === "\\" ? escapeAt(quoted, at) : undefined;
    if (quoted[at] === "\\" && found === undefined) return undefined;
    if (found?.byte !== undefined) bytes.push(found.byte);
    else {
      flush();
      text += found?.text ?? quoted[at];
    }
    at += found?.length ?? 1;
  }
  flush();
  return text;
}

function escapeAt(text: string, at: number): { length: number; text?: string; byte?: number } | undefined {
  const letter = text[at + 1] ?? "";
  const single = simple[letter];
  if (single !== undefined) return { length: 2, text: single };
  const digits = /^(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(
    text.slice(at + 1, at + 11),
  );
  if (!digits) return undefined;
  const length = digits[0].length + 1;
  if (digits[1] !== undefined) return { length, byte: Number.parseInt(digits[1], 16) };
  if (digits[2] !== undefined) return { length, byte: Number.parseInt(digits[2], 8) };
  const code = Number.parseInt(digits[3] ?? digits[4] ?? "", 16);
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? { length, text: String.fromCodePoint(code) } : undefined;
}
