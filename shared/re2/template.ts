/** One part of a replacement: literal text or a group by number or name. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "group"; readonly index: number }
  | { readonly kind: "name"; readonly name: string };

/**
 * A replacement as Go's `Regexp.Expand` reads it: `$1`, `${1}`, `$name` (the longest run of word characters), `${name}`,
 * `$$`; a `$` before anything else stays.
 */
export function parseTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let text = "";
  let at = 0;
  while (at < template.length) {
    const dollar = template.indexOf("$", at);
    if (dollar < 0) {
      break;
    }
    text += template.slice(at, dollar);
    at = dollar + 1;
    const found = /^(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/u.exec(template.slice(at, at + 1_000));
    const name = found?.[1] ?? found?.[2];
    if (name === undefined) {
      text += "$";
      at += found ? 1 : 0;
      continue;
    }
    at += found?.[0].length ?? 0;
    if (text !== "") {
      parts.push({ kind: "text", text });
      text = "";
    }
    parts.push(reference(name));
  }
  text += template.slice(at);
  return text === "" ? parts : [...parts, { kind: "text", text }];
}

function reference(name: string): TemplatePart {
  const isNumber = /^(?:0|[1-9][0-9]{0,7})$/.test(name);
  return isNumber ? { kind: "group", index: Number(name) } : { kind: "name", name };
}
