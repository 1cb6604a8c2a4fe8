import { compileRe2, type Re2 } from "../re2/re2.ts";
import { Failure, OttlError } from "./failure.ts";

const maxKept = 200;
/** Patterns that came with values: the same few again and again. */
const kept = new Map<string, Re2>();

/** A pattern that is written out. */
export function literalPattern(pattern: string, call: string): Re2 {
  const compiled = compileRe2(pattern);
  if (compiled.kind === "re2") return compiled.re2;
  throw new OttlError(
    `the regex pattern supplied to ${call} ${JSON.stringify(pattern)} is not a valid pattern: ${compiled.message}`,
  );
}

/** A pattern that came with a value. */
export function patternOf(pattern: string): Re2 {
  const known = kept.get(pattern);
  if (known) return known;
  const compiled = compileRe2(pattern);
  if (compiled.kind !== "re2") throw new Failure(compiled.message);
  if (kept.size >= maxKept) kept.clear();
  kept.set(pattern, compiled.re2);
  return compiled.re2;
}

/** A glob as the pattern of a whole text: `*` and `?` cross everything, `[…]` and `{a,b}` as in Go's gobwas/glob. */
export function globPattern(glob: string): string {
  let pattern = "";
  let depth = 0;
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at] as string;
    if (character === "*") pattern += ".*";
    else if (character === "?") pattern += ".";
    else if (character === "\\" && at + 1 < glob.length) pattern += literal(glob[++at] as string);
    else if (character === "[") {
      const end = glob.indexOf("]", at + 2);
      if (end < 0) throw new OttlError(`the glob ${JSON.stringify(glob)} has an open [`);
      const inner = glob.slice(at + 1, end);
      const isNegated = inner.startsWith("!");
      pattern += `[${isNegated ? "^" : ""}${inner.slice(isNegated ? 1 : 0).replace(/[\\^[\]]/g, "\\$&")}]`;
      at = end;
    } else if (character === "{") {
      depth++;
      pattern += "(?:";
    } else if (character === "}" && depth > 0) {
      depth--;
      pattern += ")";
    } else if (character === "," && depth > 0) pattern += "|";
    else pattern += literal(character);
  }
  if (depth > 0) throw new OttlError(`the glob ${JSON.stringify(glob)} has an open {`);
  return `^(?s:${pattern})$`;
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
