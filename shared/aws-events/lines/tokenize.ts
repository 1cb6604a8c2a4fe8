const space = 0x20;
const quote = 0x22;
const backslash = 0x5c;

/**
 * The fields of a line of an access log: separated by spaces, quoted where they may hold some. In quotes, `\"`, `\\` and `\xHH` (a byte
 * of UTF-8) are read; a quote that no space follows does not end the field. Undefined where a quote is never closed.
 */
export function tokenize(line: string): readonly string[] | undefined {
  const tokens: string[] = [];
  const length = line.length;
  let at = 0;
  while (at < length) {
    const first = line.charCodeAt(at);
    if (first === space) {
      at += 1;
    } else if (first === quote) {
      const end = quoteEnd(line, at + 1);
      if (end < 0) return undefined;
      tokens.push(withoutEscapes(line.slice(at + 1, end)));
      at = end + 1;
    } else {
      const next = line.indexOf(" ", at);
      const end = next < 0 ? length : next;
      tokens.push(line.slice(at, end));
      at = end;
    }
  }
  return tokens;
}

/** Where the quote is that closes the one before `from`; -1 where there is none. */
function quoteEnd(line: string, from: number): number {
  for (let at = from; ; at += 1) {
    at = line.indexOf('"', at);
    if (at < 0) return -1;
    const isLast = at + 1 === line.length || line.charCodeAt(at + 1) === space;
    if (isLast && !isEscaped(line, at, from)) return at;
  }
}

function isEscaped(line: string, at: number, from: number): boolean {
  let before = at;
  while (before > from && line.charCodeAt(before - 1) === backslash) before -= 1;
  return (at - before) % 2 === 1;
}

/** A quoted field with `\"`, `\\` and `\xHH` as what they stand for. */
export function withoutEscapes(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/(?:\\x[0-9a-fA-F]{2})+|\\["\\]/g, (escaped) =>
    escaped.startsWith("\\x") ? bytesOf(escaped) : escaped.slice(1),
  );
}

function bytesOf(escaped: string): string {
  return Buffer.from(escaped.replaceAll("\\x", ""), "hex").toString("utf8");
}
