/** An element of an XML document; attributes are not kept. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Its text, entities replaced; empty for an element that has elements. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

const maxDepth = 64;
const token = /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<[?!][^>]*>|<(\/?)([^\s/>]+)[^>]*?(\/?)>|([^<]+)/g;
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Reads a document as the APIs of AWS send them: elements and text. Undefined when it is not well formed or too deep. */
export function parseXml(text: string): XmlElement | undefined {
  const root: Open = { name: "", children: [], text: "" };
  const open = [root];
  for (const [, data, closing, name, empty, plain] of text.matchAll(token)) {
    const current = open.at(-1) ?? root;
    if (data !== undefined) current.text += data;
    else if (plain !== undefined) current.text += decoded(plain);
    else if (name === undefined) continue;
    else if (closing === "/") {
      if (open.length === 1 || current.name !== name) return undefined;
      open.pop();
      (open.at(-1) ?? root).children.push(closed(current));
    } else if (empty === "/") {
      current.children.push({ name, children: [], text: "" });
    } else {
      if (open.length > maxDepth) return undefined;
      open.push({ name, children: [], text: "" });
    }
  }
  return open.length === 1 && root.children.length === 1 ? root.children[0] : undefined;
}

/** The element below by a path of names, `a/b`; the first one where there are several. */
export function xmlAt(element: XmlElement | undefined, path: string): XmlElement | undefined {
  let found = element;
  for (const name of path.split("/")) found = found?.children.find((child) => child.name === name);
  return found;
}

/** The text below by a path; undefined when there is no such element. */
export function xmlText(element: XmlElement | undefined, path: string): string | undefined {
  return xmlAt(element, path)?.text;
}

/** The `item` elements of a list below by a path. */
export function xmlItems(element: XmlElement | undefined, path: string): readonly XmlElement[] {
  return xmlAt(element, path)?.children.filter(({ name }) => name === "item") ?? [];
}

function closed({ name, children, text }: Open): XmlElement {
  return { name, children, text: children.length > 0 ? "" : text };
}

function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|\w{1,8});/g, (whole, entity: string) => {
    if (!entity.startsWith("#")) return entities[entity] ?? whole;
    const code = entity[1] === "x" ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
