import { asObject, type UnknownObject } from "../../json-document.ts";

/** The JSON objects in a text, one behind the other with or without blanks between them; undefined where it holds anything else. */
export function jsonDocuments(text: string): readonly UnknownObject[] | undefined {
  const documents: UnknownObject[] = [];
  let start = 0;
  while (start < text.length) {
    const end = endOfDocument(text, start);
    if (end === undefined) return text.slice(start).trim() === "" ? documents : undefined;
    const document = parse(text.slice(start, end));
    if (document === undefined) return undefined;
    documents.push(document);
    start = end;
  }
  return documents;
}

/** Behind the brace that closes the first one at or after `start`. */
function endOfDocument(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const unit = text[at];
    if (unit === '"') {
      at = endOfString(text, at);
    } else if (unit === "{") depth++;
    else if (unit === "}") {
      depth--;
      if (depth <= 0) return at + 1;
    }
  }
  return undefined;
}

/** The quote that ends the string which begins at `start`; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function parse(text: string): UnknownObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
