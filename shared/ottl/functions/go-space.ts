const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Text without the white space around it, as Go's `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && space.test(text[from] as string)) from++;
  while (to > from && space.test(text[to - 1] as string)) to--;
  return text.slice(from, to);
}

/** What stands between white space, as Go's `strings.Fields`. */
export function fieldsOf(text: string): string[] {
  return text.split(space).filter((field) => field !== "");
}
