import { createHash } from "node:crypto";
import { compileRe2, type Re2 } from "../../re2/re2.ts";
import { TemplateFailure, type TemplateFunction } from "./nodes.ts";
import { integer, text } from "./values.ts";

const maxPatterns = 100;
const patterns = new Map<string, Re2>();

/** The functions that Alloy adds for its stages: those of Go's `strings`, hashes, and replacing by pattern. */
export const stageFunctions: Readonly<Record<string, TemplateFunction>> = {
  ToLower: (s) => text(s).toLowerCase(),
  ToUpper: (s) => text(s).toUpperCase(),
  Replace: (s, old, replacement, count) =>
    replace(text(s), text(old), { replacement: text(replacement), count: integer(count) }),
  Trim: (s, cutset) => trimRight(trimLeft(text(s), text(cutset)), text(cutset)),
  TrimLeft: (s, cutset) => trimLeft(text(s), text(cutset)),
  TrimRight: (s, cutset) => trimRight(text(s), text(cutset)),
  TrimPrefix: (s, prefix) => (text(s).startsWith(text(prefix)) ? text(s).slice(text(prefix).length) : text(s)),
  TrimSuffix: (s, suffix) =>
    text(suffix) !== "" && text(s).endsWith(text(suffix)) ? text(s).slice(0, -text(suffix).length) : text(s),
  TrimSpace: (s) => text(s).trim(),
  Hash: (salt, input) =>
    createHash("sha3-256")
      .update(text(salt) + text(input))
      .digest("hex"),
  Sha2Hash: (salt, input) =>
    createHash("sha256")
      .update(text(salt) + text(input))
      .digest("hex"),
  regexReplaceAll: (pattern, s, replacement) => compiled(text(pattern)).replace(text(s), text(replacement)),
  regexReplaceAllLiteral: (pattern, s, replacement) =>
    compiled(text(pattern)).replace(text(s), text(replacement).replaceAll("$", "$$$$")),
};

/** Replaces `count` times, or everywhere when it is negative; an empty text is found in front of every character and at the end. */
function replace(s: string, old: string, { replacement, count }: { replacement: string; count: number }): string {
  const pieces = old === "" ? ["", ...s] : s.split(old);
  if (old === "") pieces.push("");
  const max = count < 0 ? pieces.length - 1 : Math.min(count, pieces.length - 1);
  const head = pieces.slice(0, max + 1).join(replacement);
  const tail = pieces.slice(max + 1);
  return tail.length === 0 ? head : head + old + tail.join(old);
}

function trimLeft(s: string, cutset: string): string {
  const characters = [...s];
  const start = characters.findIndex((each) => !cutset.includes(each));
  return start < 0 ? "" : characters.slice(start).join("");
}

function trimRight(s: string, cutset: string): string {
  const characters = [...s];
  return characters.slice(0, characters.findLastIndex((each) => !cutset.includes(each)) + 1).join("");
}

function compiled(pattern: string): Re2 {
  let re = patterns.get(pattern);
  if (re === undefined) {
    const compiling = compileRe2(pattern);
    if (compiling.kind === "rejected") throw new TemplateFailure(compiling.message);
    re = compiling.re2;
    if (patterns.size >= maxPatterns) patterns.clear();
    patterns.set(pattern, re);
  }
  return re;
}
