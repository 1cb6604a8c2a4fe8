import type { Node } from "./node.ts";

const minLength = 3;
const maxTexts = 4;

/** Texts of which every match holds at least one; undefined where none are known that are long enough to look for. */
export function requiredTexts(node: Node): readonly string[] | undefined {
  const found = required(node);
  return found?.every(({ length }) => length >= minLength) ? found : undefined;
}

function required(node: Node): readonly string[] | undefined {
  switch (node.kind) {
    case "set":
      return literal(node) === undefined ? undefined : [literal(node) ?? ""];
    case "capture":
      return required(node.node);
    case "repeat":
      return node.min > 0 ? required(node.node) : undefined;
    case "alternate": {
      const all = node.nodes.map(required);
      const texts = all.flatMap((each) => each ?? []);
      return all.includes(undefined) || texts.length > maxTexts ? undefined : texts;
    }
    case "concat":
      return longest(runs(node.nodes));
    default:
      return undefined;
  }
}

/** What each part of a sequence requires, neighbours that are single characters together. */
function runs(nodes: readonly Node[]): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  let run = "";
  for (const node of nodes) {
    const character = literal(node);
    if (character !== undefined) {
      run += character;
      continue;
    }
    if (run !== "") found.push([run]);
    run = "";
    const own = required(node);
    if (own !== undefined) found.push(own);
  }
  return run === "" ? found : [...found, [run]];
}

/** The text of a node that is one. */
function literal(node: Node): string | undefined {
  if (node.kind === "capture") return literal(node.node);
  if (node.kind === "concat") {
    const parts = node.nodes.map(literal);
    return parts.includes(undefined) ? undefined : parts.join("");
  }
  if (node.kind !== "set" || node.ranges.length !== 2 || node.ranges[0] !== node.ranges[1]) return undefined;
  return String.fromCodePoint(node.ranges[0] ?? 0);
}

function longest(all: readonly (readonly string[])[]): readonly string[] | undefined {
  const shortestOf = (texts: readonly string[]) => Math.min(...texts.map(({ length }) => length));
  return all.toSorted((one, other) => shortestOf(other) - shortestOf(one))[0];
}
