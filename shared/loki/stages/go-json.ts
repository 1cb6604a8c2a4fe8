const escapes = /\\.|[<>&\u2028\u2029]/g;

/** JSON text as Alloy's encoder writes it: compact, safe inside HTML, and without the short escapes `\b` and `\f`. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(escapes, (found) => {
    if (found === "\\b") return "\\u0008";
    if (found === "\\f") return "\\u000c";
    return found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
