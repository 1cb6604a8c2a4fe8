/** The text without these characters at its end. By hand: a pattern like `\r+$` looks at a long run from each of its characters. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? "")) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}
