import type { Assertion, Node } from "./node.ts";
import { negate, type Ranges } from "./ranges.ts";

const assertions: Readonly<Record<Assertion, string>> = {
  "text-start": "^",
  "text-end": "$",
  "line-start": "(?<![^\\n])",
  "line-end": "(?![^\\n])",
  word: "\\b",
  "not-word": "\\B",
};

/** The tree as source of a JavaScript `RegExp` with the flag `u`: every set is spelled out, so no other flag is needed. */
export function emitPattern(node: Node): string {
  switch (node.kind) {
    case "empty":
      return "";
    case "set":
      return emitSet(node.ranges);
    case "assert":
      return assertions[node.assertion];
    case "capture":
      return `(${emitPattern(node.node)})`;
    case "concat":
      return node.nodes.map((item) => (item.kind === "alternate" ? group(item) : emitPattern(item))).join("");
    case "alternate":
      return node.nodes.map(emitPattern).join("|");
    case "repeat":
      return `${node.node.kind === "set" ? emitPattern(node.node) : group(node.node)}${quantifier(node)}`;
  }
}

function group(node: Node): string {
  return node.kind === "capture" ? emitPattern(node) : `(?:${emitPattern(node)})`;
}

function quantifier({ min, max, lazy }: Node & { kind: "repeat" }): string {
  const bounds =
    max === Number.POSITIVE_INFINITY
      ? min < 2
        ? "*+"[min]
        : `{${min},}`
      : min === 0 && max === 1
        ? "?"
        : `{${min},${max}}`;
  return `${bounds}${lazy ? "?" : ""}`;
}

function emitSet(ranges: Ranges): string {
  const [first, last] = ranges;
  if (ranges.length === 2 && first !== undefined && first === last) {
    return emitChar(first);
  }
  if (ranges.length === 2 && first === 0 && last === 0x10ffff) {
    return "[^]";
  }
  return ranges.at(-1) === 0x10ffff ? `[^${emitRanges(negate(ranges))}]` : `[${emitRanges(ranges)}]`;
}

function emitRanges(ranges: Ranges): string {
  let out = "";
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const first = ranges[i] ?? 0;
    const last = ranges[i + 1] ?? 0;
    out += first === last ? emitChar(first) : `${emitChar(first)}-${emitChar(last)}`;
  }
  return out;
}

function emitChar(codePoint: number): string {
  const char = String.fromCodePoint(codePoint);
  return /^[A-Za-z0-9_]$/.test(char) ? char : `\\u{${codePoint.toString(16)}}`;
}
