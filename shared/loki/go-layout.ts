/** A piece of a layout of Go's `time` package: literal text, or the name of what stands there. */
export type LayoutPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "fraction"; readonly digits: number | "any" }
  | { readonly kind: Exclude<LayoutName, "text" | "fraction"> };

type LayoutName = "text" | "fraction" | (typeof elements)[number][1];

/** What a layout may hold, by its example; a longer example is tried before a shorter one that begins it. */
const elements = [
  ["January", "month-name"],
  ["Jan", "month-short"],
  ["Monday", "weekday-name"],
  ["Mon", "weekday-short"],
  ["MST", "zone-name"],
  ["2006", "year"],
  ["__2", "day-of-year-blank"],
  ["002", "day-of-year"],
  ["_2", "day-blank"],
  ["01", "month-two"],
  ["02", "day-two"],
  ["03", "hour12-two"],
  ["04", "minute-two"],
  ["05", "second-two"],
  ["06", "year-two"],
  ["15", "hour"],
  ["1", "month"],
  ["2", "day"],
  ["3", "hour12"],
  ["4", "minute"],
  ["5", "second"],
  ["PM", "half"],
  ["pm", "half-lower"],
  ["Z07:00:00", "iso-offset-colon-seconds"],
  ["Z070000", "iso-offset-seconds"],
  ["Z07:00", "iso-offset-colon"],
  ["Z0700", "iso-offset"],
  ["Z07", "iso-offset-hours"],
  ["-07:00:00", "offset-colon-seconds"],
  ["-070000", "offset-seconds"],
  ["-07:00", "offset-colon"],
  ["-0700", "offset"],
  ["-07", "offset-hours"],
] as const;

/** Takes a layout apart (pkg.go.dev/time#Layout). */
export function parseLayout(layout: string): readonly LayoutPart[] {
  const parts: LayoutPart[] = [];
  let text = "";
  for (let at = 0; at < layout.length; ) {
    const found = elementAt(layout, at);
    if (found === undefined) {
      text += layout[at];
      at += 1;
      continue;
    }
    if (text !== "") parts.push({ kind: "text", text });
    text = "";
    parts.push(found.part);
    at += found.length;
  }
  return text === "" ? parts : [...parts, { kind: "text", text }];
}

function elementAt(layout: string, at: number): { part: LayoutPart; length: number } | undefined {
  const fraction = /[.,](0+|9+)(?![0-9])/y;
  fraction.lastIndex = at;
  const digits = fraction.exec(layout)?.[1];
  if (digits !== undefined) {
    const part = { kind: "fraction", digits: digits.startsWith("0") ? digits.length : "any" } as const;
    return { part, length: digits.length + 1 };
  }
  if (layout.startsWith("_2006", at)) return undefined;
  for (const [example, kind] of elements) {
    if (!layout.startsWith(example, at)) continue;
    const isWordBefore = (example === "Jan" || example === "Mon") && /[a-z]/.test(layout[at + 3] ?? "");
    if (!isWordBefore) return { part: { kind }, length: example.length };
  }
  return undefined;
}
