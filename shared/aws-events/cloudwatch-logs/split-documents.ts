const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Cuts a text into the JSON objects that stand in it one after the other, whatever is between them left out; what is behind the last
 * whole one is a document too, so that its damage is told. Undefined for more than `maxDocuments`. One pass, no parsing.
 */
export function splitDocuments(text: string, maxDocuments: number): readonly string[] | undefined {
  const documents: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) at = endOfString(text, at);
    else if (unit === openBrace) {
      if (depth === 0) start = at;
      depth++;
    } else if (unit === closeBrace && depth > 0) {
      depth--;
      if (depth > 0) continue;
      if (documents.length === maxDocuments) return undefined;
      documents.push(text.slice(start, at + 1));
      start = at + 1;
    }
  }
  const rest = text.slice(start).trim();
  if (rest !== "" || documents.length === 0) documents.push(rest);
  return documents.length > maxDocuments ? undefined : documents;
}

/** Where the string that begins at `from` ends: at its quote, or at the end of the text. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === backslash) before--;
    if ((at - before) % 2 === 1) return at;
  }
  return text.length;
}
