/** The elements of a text that is a JSON array, byte for byte; undefined for any other text. */
export function splitJsonArray(text: string): readonly string[] | undefined {
  const start = /^[ \t\r\n]*\[/.exec(text)?.[0].length;
  if (start === undefined || !isJson(text)) return undefined;
  const elements: string[] = [];
  let depth = 0;
  let from = start;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = stringEnd(text, at);
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "," && depth === 0) {
      elements.push(text.slice(from, at).trim());
      from = at + 1;
    } else if (character === "]" || character === "}") {
      depth -= 1;
      if (depth < 0) {
        const last = text.slice(from, at).trim();
        return last === "" ? elements : [...elements, last];
      }
    }
  }
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The offset of the quote that closes the string at `at`, in a text that is known to be JSON. */
function stringEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}
