import { Failure } from "../failure.ts";
import { trimSpace } from "./go-space.ts";
import type { XmlAttr, XmlNode } from "./xml-tree.ts";
import type { Axis, NodeTest, Step, XPath } from "./xpath-parse.ts";

type Item = XmlNode | XmlAttr;
type Result = readonly Item[] | string | number | boolean;

interface Context {
  readonly item: Item;
  readonly position: number;
  readonly size: number;
}

/** Nodes that one selection may look at. */
const maxVisits = 1_000_000;

/** The nodes and attributes of a document that an expression selects, each once; none where it is a value. */
export function selectXml(document: XmlNode, path: XPath): readonly Item[] {
  const selected = new Selection(document).evaluate(path, { item: document, position: 1, size: 1 });
  if (typeof selected !== "object" || selected.length < 2) return typeof selected === "object" ? selected : [];
  const places = new Map<Item, number>();
  for (const node of below(document, [document]))
    for (const item of [node, ...node.attributes]) places.set(item, places.size);
  return selected.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

class Selection {
  private readonly document: XmlNode;
  private visits = 0;

  constructor(document: XmlNode) {
    this.document = document;
  }

  evaluate(expression: XPath, context: Context): Result {
    switch (expression.kind) {
      case "string":
      case "number":
        return expression.value;
      case "negate":
        return -numberOf(this.evaluate(expression.value, context));
      case "path": {
        let items: readonly Item[] = [expression.isAbsolute ? this.document : context.item];
        for (const step of expression.steps) items = this.step(items, step);
        return items;
      }
      case "binary":
        return this.binary(expression, context);
      case "call":
        return this.call(expression.name, expression.args, context);
    }
  }

  private step(items: readonly Item[], { axis, test, predicates }: Step): readonly Item[] {
    const found = new Set<Item>();
    for (const item of items) {
      let taken = this.along(axis, item).filter((each) => fits(each, test, axis));
      for (const predicate of predicates) {
        const size = taken.length;
        taken = taken.filter((each, index) => {
          const result = this.evaluate(predicate, { item: each, position: index + 1, size });
          return typeof result === "number" ? result === index + 1 : booleanOf(result);
        });
      }
      for (const each of taken) found.add(each);
    }
    return [...found];
  }

  private along(axis: Axis, item: Item): Item[] {
    const found = itemsAlong(axis, item);
    this.visits += found.length + 1;
    if (this.visits > maxVisits) throw new Failure(`the XPath looks at more than ${maxVisits} nodes`);
    return found;
  }

  private binary({ operator, left, right }: Extract<XPath, { kind: "binary" }>, context: Context): Result {
    const a = this.evaluate(left, context);
    if (operator === "or") return booleanOf(a) || booleanOf(this.evaluate(right, context));
    if (operator === "and") return booleanOf(a) && booleanOf(this.evaluate(right, context));
    const b = this.evaluate(right, context);
    switch (operator) {
      case "|":
        return typeof a === "object" && typeof b === "object" ? [...new Set([...a, ...b])] : [];
      case "+":
        return numberOf(a) + numberOf(b);
      case "-":
        return numberOf(a) - numberOf(b);
      case "*":
        return numberOf(a) * numberOf(b);
      case "div":
        return numberOf(a) / numberOf(b);
      case "mod":
        return numberOf(a) % numberOf(b);
      default:
        return valuesOf(a).some((x) => valuesOf(b).some((y) => compare(operator, x, y)));
    }
  }

  private call(name: string, args: readonly XPath[], context: Context): Result {
    const values = args.map((arg) => this.evaluate(arg, context));
    const [first = [context.item], second = ""] = values;
    const text = textOf(first);
    switch (name) {
      case "last":
        return context.size;
      case "position":
        return context.position;
      case "count":
        return typeof first === "object" ? first.length : 0;
      case "not":
        return !booleanOf(first);
      case "true":
        return true;
      case "false":
        return false;
      case "boolean":
        return booleanOf(first);
      case "number":
        return numberOf(first);
      case "contains":
        return text.includes(textOf(second));
      case "starts-with":
        return text.startsWith(textOf(second));
      case "ends-with":
        return text.endsWith(textOf(second));
      case "string-length":
        return [...text].length;
      case "normalize-space":
        return trimSpace(text).replace(/\s+/g, " ");
      case "name":
      case "local-name": {
        const item = typeof first === "object" ? first[0] : undefined;
        if (!item || (item.kind !== "attribute" && item.kind !== "element")) return "";
        const local = item.kind === "attribute" ? item.local : item.data;
        return name === "name" && item.prefix !== "" ? `${item.prefix}:${local}` : local;
      }
      default:
        return text;
    }
  }
}

function itemsAlong(axis: Axis, item: Item): Item[] {
  if (item.kind === "attribute") {
    if (axis === "self" || axis === "descendant-or-self") return [item];
    if (axis === "parent") return [item.owner];
    return axis === "ancestor" || axis === "ancestor-or-self"
      ? [...(axis === "ancestor" ? [] : [item]), ...upward(item.owner)]
      : [];
  }
  switch (axis) {
    case "child":
      return childrenOf(item);
    case "descendant":
      return below(item, []);
    case "descendant-or-self":
      return below(item, [item]);
    case "self":
      return [item];
    case "parent":
      return item.parent ? [item.parent] : [];
    case "ancestor":
      return item.parent ? upward(item.parent) : [];
    case "ancestor-or-self":
      return upward(item);
    case "attribute":
      return item.kind === "element" ? item.attributes : [];
    case "following-sibling":
      return siblings(item, "next");
    case "preceding-sibling":
      return siblings(item, "previous");
  }
}

/** Blank text is passed over, but for the first child. */
function childrenOf(node: XmlNode): XmlNode[] {
  return node.first ? [node.first, ...siblings(node.first, "next")] : [];
}

function siblings(node: XmlNode, direction: "next" | "previous"): XmlNode[] {
  const found: XmlNode[] = [];
  for (let at = node[direction]; at; at = at[direction])
    if (at.kind !== "text" || trimSpace(at.data) !== "") found.push(at);
  return found;
}

function below(node: XmlNode, found: XmlNode[]): XmlNode[] {
  for (const child of childrenOf(node)) {
    found.push(child);
    below(child, found);
  }
  return found;
}

function upward(node: XmlNode): XmlNode[] {
  const found: XmlNode[] = [];
  for (let at: XmlNode | undefined = node; at; at = at.parent) found.push(at);
  return found;
}

function fits(item: Item, test: NodeTest, axis: Axis): boolean {
  if (test.kind === "node") return true;
  if (test.kind === "text") return item.kind === "text" || item.kind === "cdata" || item.kind === "directive";
  if (test.kind === "comment") return item.kind === "comment";
  const kind = item.kind === "instruction" ? "element" : item.kind;
  if (kind !== (axis === "attribute" ? "attribute" : "element")) return false;
  if (test.local === "*") return true;
  return (
    item.prefix === test.prefix && (item.kind === "attribute" ? item.local : (item as XmlNode).data) === test.local
  );
}

function itemText(item: Item): string {
  if (item.kind === "attribute") return item.value;
  if (item.kind === "element") return item.text;
  return item.kind === "text" || item.kind === "comment" ? item.data : "";
}

function valuesOf(result: Result): readonly (string | number | boolean)[] {
  return typeof result === "object" ? result.map(itemText) : [result];
}

function compare(operator: string, a: string | number | boolean, b: string | number | boolean): boolean {
  if (operator === "=" || operator === "!=") {
    const areEqual =
      typeof a === "boolean" || typeof b === "boolean"
        ? booleanOf(a) === booleanOf(b)
        : typeof a === "number" || typeof b === "number"
          ? numberOf(a) === numberOf(b)
          : a === b;
    return areEqual === (operator === "=");
  }
  const [x, y] = [numberOf(a), numberOf(b)];
  if (operator === "<") return x < y;
  if (operator === "<=") return x <= y;
  return operator === ">" ? x > y : x >= y;
}

function booleanOf(result: Result): boolean {
  if (typeof result === "object") return result.length > 0;
  return typeof result === "number" ? result !== 0 && !Number.isNaN(result) : Boolean(result);
}

function textOf(result: Result): string {
  return typeof result === "object" ? (result[0] ? itemText(result[0]) : "") : String(result);
}

function numberOf(result: Result): number {
  if (typeof result === "number") return result;
  if (typeof result === "boolean") return result ? 1 : 0;
  const text = textOf(result).trim();
  return /^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
}
