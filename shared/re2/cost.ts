import type { Node } from "./node.ts";
import { normalize, overlap, type Ranges } from "./ranges.ts";

const maxSteps = 1_000_000;
const maxCopies = 16;

interface Follow {
  readonly ranges: Ranges;
  /** Nothing after this place can fail any more. */
  readonly accepts: boolean;
}

interface Cost {
  readonly factor: number;
  /** How many unbounded repetitions can give characters back to what follows them. */
  readonly choices: number;
  /** An unbounded repetition that something after it can make fail. */
  readonly scans: boolean;
}

const one: Cost = { factor: 1, choices: 0, scans: false };

/**
 * The longest text (UTF-16 units) that a backtracking engine can be given for this pattern with at most about a
 * million steps, and the same result as RE2; 0 when it must not have it at all.
 */
export function maxBacktrackingChars(node: Node): number {
  const cost = costOf(node, { ranges: [], accepts: true });
  if (!cost) {
    return 0;
  }
  const degree = 1 + cost.choices + (cost.scans && !isAnchored(node) ? 1 : 0);
  return Math.floor((maxSteps / cost.factor) ** (1 / degree));
}

function costOf(node: Node, follow: Follow): Cost | undefined {
  switch (node.kind) {
    case "empty":
    case "set":
    case "assert":
      return one;
    case "capture":
      return costOf(node.node, follow);
    case "concat":
      return concatCost(node.nodes, follow);
    case "alternate":
      return alternateCost(node.nodes, follow);
    case "repeat":
      return repeatCost(node, follow);
  }
}

function concatCost(nodes: readonly Node[], follow: Follow): Cost | undefined {
  let cost: Cost | undefined = one;
  let next = follow;
  for (const node of nodes.toReversed()) {
    cost = times(cost, costOf(node, next));
    next = before(node, next);
  }
  return cost;
}

function alternateCost(nodes: readonly Node[], follow: Follow): Cost | undefined {
  const firsts = nodes.map((node) => before(node, follow).ranges);
  const exclusive = firsts.every((a, i) => firsts.every((b, j) => j <= i || !overlap(a, b)));
  let factor = 0;
  let choices = 0;
  let scans = false;
  for (const node of nodes) {
    const cost = costOf(node, follow);
    if (!cost) {
      return undefined;
    }
    factor = exclusive ? Math.max(factor, cost.factor) : factor + cost.factor;
    choices = Math.max(choices, cost.choices);
    scans ||= cost.scans;
  }
  return { factor, choices, scans };
}

function repeatCost(node: Node & { kind: "repeat" }, follow: Follow): Cost | undefined {
  const body = node.node;
  if (node.max === 0 || isNullable(body) || (node.max > 1 && hasCapture(body))) {
    return undefined;
  }
  const first = before(body, follow).ranges;
  const determined = follow.accepts || !overlap(first, follow.ranges);
  if (node.max === 1) return times(costOf(body, follow), { ...one, factor: determined ? 1 : 2 });
  if (node.max <= maxCopies && (node.min === node.max || !isFixed(body))) return costOf(spelledOut(node), follow);
  if (!isFixed(body)) {
    return undefined;
  }
  if (node.max !== Number.POSITIVE_INFINITY) {
    return { ...one, factor: follow.accepts ? 1 : node.max };
  }
  return { factor: 1, choices: determined ? 0 : 1, scans: !follow.accepts };
}

/** `x{2,4}` as `xx(?:x(?:x)?)?`. */
function spelledOut({ node, min, max, lazy }: Node & { kind: "repeat" }): Node {
  let rest: readonly Node[] = [];
  for (let copy = min; copy < max; copy++) {
    rest = [{ kind: "repeat", node: { kind: "concat", nodes: [node, ...rest] }, min: 0, max: 1, lazy }];
  }
  return { kind: "concat", nodes: [...new Array<Node>(min).fill(node), ...rest] };
}

function times(a: Cost | undefined, b: Cost | undefined): Cost | undefined {
  return a && b
    ? { factor: a.factor * b.factor, choices: a.choices + b.choices, scans: a.scans || b.scans }
    : undefined;
}

/** What can come next in front of the node. */
function before(node: Node, follow: Follow): Follow {
  switch (node.kind) {
    case "empty":
      return follow;
    case "set":
      return { ranges: node.ranges, accepts: false };
    case "assert":
      return { ranges: node.assertion === "text-end" ? [] : follow.ranges, accepts: false };
    case "capture":
      return before(node.node, follow);
    case "concat":
      return node.nodes.reduceRight((next, item) => before(item, next), follow);
    case "alternate": {
      const all = node.nodes.map((item) => before(item, follow));
      return { ranges: normalize(all.flatMap((next) => next.ranges)), accepts: all.every((next) => next.accepts) };
    }
    case "repeat": {
      const inner = before(node.node, follow);
      return node.min > 0 ? inner : { ranges: normalize([...inner.ranges, ...follow.ranges]), accepts: follow.accepts };
    }
  }
}

function isAnchored(node: Node): boolean {
  switch (node.kind) {
    case "assert":
      return node.assertion === "text-start";
    case "capture":
      return isAnchored(node.node);
    case "concat":
      return node.nodes[0] !== undefined && isAnchored(node.nodes[0]);
    case "alternate":
      return node.nodes.every(isAnchored);
    default:
      return false;
  }
}

function isNullable(node: Node): boolean {
  switch (node.kind) {
    case "empty":
    case "assert":
      return true;
    case "set":
      return false;
    case "capture":
      return isNullable(node.node);
    case "concat":
      return node.nodes.every(isNullable);
    case "alternate":
      return node.nodes.some(isNullable);
    case "repeat":
      return node.min === 0 || isNullable(node.node);
  }
}

function isFixed(node: Node): boolean {
  return node.kind === "set" || (node.kind === "concat" && node.nodes.every(isFixed));
}

function hasCapture(node: Node): boolean {
  switch (node.kind) {
    case "capture":
      return true;
    case "concat":
    case "alternate":
      return node.nodes.some(hasCapture);
    case "repeat":
      return hasCapture(node.node);
    default:
      return false;
  }
}
