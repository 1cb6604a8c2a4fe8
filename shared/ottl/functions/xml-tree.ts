import { Failure } from "../failure.ts";
import { trimSpace } from "./go-space.ts";
import { type XmlName, XmlReader, type XmlToken } from "./xml-tokens.ts";

/** Deeper elements are refused: a tree is written recursively. */
const maxDepth = 200;
const maxOutputChars = 16_777_216;
const xmlNamespace = "http://www.w3.org/XML/1998/namespace";

/** An attribute of an element: its name as it is written, and its namespace. */
export interface XmlAttr {
  readonly kind: "attribute";
  readonly owner: XmlNode;
  readonly prefix: string;
  readonly local: string;
  readonly value: string;
}

type NodeKind = "document" | "declaration" | "element" | Exclude<XmlToken["kind"], "start" | "end">;

/** A node of a document. Chained as the Collector's are, since what is moved to two places shows there in both. */
export class XmlNode {
  kind: NodeKind;
  /** The name of an element or the target of an instruction, the text of others. */
  data: string;
  /** What stands behind the target of an instruction. */
  instruction = "";
  readonly prefix: string;
  attributes: XmlAttr[] = [];
  parent: XmlNode | undefined;
  first: XmlNode | undefined;
  last: XmlNode | undefined;
  previous: XmlNode | undefined;
  next: XmlNode | undefined;

  constructor(kind: NodeKind, data: string, prefix = "") {
    this.kind = kind;
    this.data = data;
    this.prefix = prefix;
  }

  /** Makes a node the last child, wherever else it stands. */
  append(child: XmlNode): void {
    child.parent = this;
    child.next = undefined;
    child.previous = this.first ? this.last : undefined;
    if (this.first && this.last) this.last.next = child;
    else this.first = child;
    this.last = child;
  }

  remove(): void {
    const { parent, previous, next } = this;
    if (!parent) return;
    if (parent.first === this) parent.first = next;
    else if (previous) previous.next = next;
    if (parent.last === this) parent.last = previous;
    else if (next) next.previous = previous;
    this.parent = undefined;
    this.previous = undefined;
    this.next = undefined;
  }

  /** The text in it. */
  get text(): string {
    if (this.kind === "text" || this.kind === "cdata") return this.data;
    let text = "";
    if (this.kind !== "comment") for (let child = this.first; child; child = child.next) text += child.text;
    return text;
  }
}

/** Reads a document with at least one element; its declaration is kept where it begins the text. */
export function parseXmlTree(text: string): XmlNode {
  const document = new XmlNode("document", "");
  const reader = new XmlReader(text);
  /** Prefixes by what they stand for, once they were declared. */
  const prefixes = new Map<string, { readonly name: string; readonly level: number }>([
    [xmlNamespace, { name: "xml", level: 0 }],
  ]);
  const scopes: ReadonlyMap<string, string>[] = [new Map([["xml", xmlNamespace]])];
  let current = document;
  let hasElement = false;
  for (let token = reader.next(); token; token = reader.next()) {
    if (token.kind === "end") {
      scopes.pop();
      current = current.parent ?? document;
    } else if (token.kind === "start") {
      if (scopes.length > maxDepth) throw new Failure(`the XML is nested more than ${maxDepth} deep`);
      // What has no declaration gets one.
      if (!document.first) document.append(instructionOf('xml version="1.0"'));
      const element = elementOf(token, { prefixes, scopes });
      hasElement ||= current === document;
      current.append(element);
      current = element;
    } else if (document.first || token.kind === "instruction")
      // Other things in front of the first one are lost.
      current.append(token.kind === "instruction" ? instructionOf(token.text) : new XmlNode(token.kind, token.text));
  }
  if (!hasElement) throw new Failure("parse xml: xmlquery: invalid XML document");
  if (!text.startsWith("<?xml")) document.first?.remove();
  return document;
}

interface Namespaces {
  readonly prefixes: Map<string, { readonly name: string; readonly level: number }>;
  readonly scopes: ReadonlyMap<string, string>[];
}

function elementOf({ name, attributes }: XmlToken & { kind: "start" }, { prefixes, scopes }: Namespaces): XmlNode {
  const scope = new Map(scopes.at(-1));
  const level = scopes.length;
  for (const { name: declared, value } of attributes) {
    if (declared.prefix === "xmlns") {
      scope.set(declared.local, value);
      prefixes.set(value, { name: declared.local, level });
    } else if (declared.prefix === "" && declared.local === "xmlns") {
      scope.set("", value);
      if ((prefixes.get(value)?.level ?? level) >= level) prefixes.set(value, { name: "", level });
    }
  }
  scopes.push(scope);
  const space = scope.get(name.prefix) ?? name.prefix;
  const known = prefixes.get(space);
  if (space !== "" && !known)
    throw new Failure(`parse xml: xmlquery: invalid XML document, namespace ${space} is missing`);
  const element = new XmlNode("element", name.local, known?.name === name.prefix ? name.prefix : "");
  const prefixOf = ({ prefix }: XmlName): string =>
    prefix === "" || prefix === "xmlns" ? prefix : (prefixes.get(scope.get(prefix) ?? prefix)?.name ?? prefix);
  element.attributes = attributes.map((each) => ({
    kind: "attribute",
    owner: element,
    prefix: prefixOf(each.name),
    local: each.name.local,
    value: each.value,
  }));
  return element;
}

/** What is in a node, as text. */
export function writeXml(node: XmlNode): string {
  const parts: string[] = [];
  const output = { parts, length: 0 };
  for (let child = node.first; child; child = child.next)
    write(child, output, keepsSpace(child, keepsSpace(node, true)));
  return parts.join("");
}

interface Output {
  readonly parts: string[];
  length: number;
}

function write(node: XmlNode, output: Output, isKept: boolean): void {
  if (node.kind !== "element" && node.kind !== "document") {
    put(output, leafText(node, isKept));
    return;
  }
  const name = node.prefix === "" ? node.data : `${node.prefix}:${node.data}`;
  const attributes = node.attributes.map(
    ({ prefix, local, value }) => ` ${prefix === "" ? local : `${prefix}:${local}`}="${escaped(value)}"`,
  );
  put(output, `<${name}${attributes.join("")}>`);
  for (let child = node.first; child; child = child.next) write(child, output, keepsSpace(child, isKept));
  put(output, `</${name}>`);
}

function leafText(node: XmlNode, isKept: boolean): string {
  switch (node.kind) {
    case "cdata":
      return `<![CDATA[${node.data}]]>`;
    case "comment":
      return `<!--${node.data}-->`;
    case "directive":
      return `<!${node.data}>`;
    case "declaration":
    case "instruction":
      return instructionText(node);
    default:
      return escaped(isKept ? node.data : trimSpace(node.data));
  }
}

function put(output: Output, text: string): void {
  output.length += text.length;
  if (output.length > maxOutputChars) throw new Failure(`the XML would have more than ${maxOutputChars} characters`);
  output.parts.push(text);
}

function instructionOf(text: string): XmlNode {
  const target = /^[^ \r\n\t]*/.exec(text)?.[0] ?? "";
  const node = new XmlNode(target === "xml" ? "declaration" : "instruction", target);
  node.instruction = text.slice(target.length);
  return node;
}

/** The parts of a declaration as pairs; those of others as they stand. */
function instructionText({ kind, data: target, instruction: rest }: XmlNode): string {
  if (kind === "instruction") return trimSpace(rest) === "" ? `<?${target}?>` : `<?${target} ${trimSpace(rest)}?>`;
  const pairs = new Map<string, string>();
  for (const pair of rest.split(" ").map(trimSpace)) {
    const at = pair.indexOf("=");
    if (at > 0 && !pairs.has(pair.slice(0, at)))
      pairs.set(pair.slice(0, at), pair.slice(at + 1).replace(/^["']+|["']+$/g, ""));
  }
  return `<?xml${[...pairs].map(([name, value]) => ` ${name}="${escaped(value)}"`).join("")}?>`;
}

function keepsSpace(node: XmlNode, before: boolean): boolean {
  const value = node.attributes.find(({ prefix, local }) => prefix === "xml" && local === "space")?.value;
  return value === "preserve" ? true : value === "default" ? false : before;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] as string);
}
