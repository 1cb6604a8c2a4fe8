const space = 0x20;
const equals = 0x3d;
const quoteMark = 0x22;
const backslash = 0x5c;

/**
 * Reads logfmt line by line and gives every pair to `visit`; a key alone has an empty value. Stops at the first thing that is
 * not logfmt (a quote or `=` out of place, a quote left open); the pairs before it count.
 */
export function parseLogfmt(text: string, visit: (key: string, value: string) => void): void {
  for (const line of text.split("\n")) if (!parseLine(line, visit)) return;
}

function parseLine(line: string, visit: (key: string, value: string) => void): boolean {
  let at = 0;
  for (;;) {
    while (at < line.length && line.charCodeAt(at) <= space) at += 1;
    if (at >= line.length) return true;
    const start = at;
    at = wordEnd(line, at);
    const stopped = line.charCodeAt(at);
    if (at === start || stopped === quoteMark) return false;
    const key = line.slice(start, at);
    if (stopped !== equals) {
      visit(key, "");
      continue;
    }
    at += 1;
    if (line.charCodeAt(at) === quoteMark) {
      const quoted = quotedAt(line, at);
      if (quoted === undefined) return false;
      visit(key, quoted.text);
      at = quoted.end;
      continue;
    }
    const end = wordEnd(line, at);
    if (end < line.length && line.charCodeAt(end) > space) return false;
    visit(key, line.slice(at, end));
    at = end;
  }
}

/** Where a run of characters ends that are neither blank nor `=` nor a quote. */
function wordEnd(line: string, from: number): number {
  let at = from;
  for (; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code <= space || code === equals || code === quoteMark) break;
  }
  return at;
}

function quotedAt(line: string, from: number): { text: string; end: number } | undefined {
  let escaped = false;
  for (let at = from + 1; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === backslash) {
      escaped = true;
      at += 1;
    } else if (code === quoteMark) {
      if (!escaped) return { text: line.slice(from + 1, at), end: at + 1 };
      const text = unescapedLogfmt(line.slice(from + 1, at));
      return text === undefined ? undefined : { text, end: at + 1 };
    }
  }
  return undefined;
}

/** What stands between quotes: the escapes of JSON, and `\'`. Undefined where it is not that. */
export function unescapedLogfmt(content: string): string | undefined {
  try {
    const plain = content.replaceAll("\\'", "'").replace(/\p{Cc}/gu, control);
    const text: unknown = JSON.parse(`"${plain}"`);
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

function control(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
