// C0 and C1 controls, marks of direction, zero-width characters, line and paragraph separators: what can draw on a terminal.
const unprintable = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;
const unprintableInJson = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;

/** Somebody else's text made harmless for a terminal: one line, no control characters, at most `maxLength` characters. */
export function printable(text: string, maxLength: number): string {
  const line = text.replace(unprintable, " ").trim();
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
}

/** JSON with every character escaped that a terminal would act on; it still says the same. */
export function printableJson(json: string): string {
  return json.replace(unprintableInJson, (character) =>
    [...character]
      .flatMap((each) => Array.from({ length: each.length }, (_, index) => each.charCodeAt(index)))
      .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
