/**
 * JSON that was cut at its end, ended: everything behind the last whole object is left out, and what is open is closed.
 * Undefined where no object is whole. What is not JSON stays what it is.
 */
export function endCutJson(text: string): string | undefined {
  const open: string[] = [];
  let isString = false;
  let whole: { readonly end: number; readonly closing: string } | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (isString) {
      if (char === "\\") at++;
      else if (char === '"') isString = false;
    } else if (char === '"') isString = true;
    else if (char === "{" || char === "[") open.push(char === "{" ? "}" : "]");
    else if (char === "}" || char === "]") {
      open.pop();
      if (char === "}") whole = { end: at + 1, closing: open.toReversed().join("") };
    }
  }
  return whole && text.slice(0, whole.end) + whole.closing;
}
