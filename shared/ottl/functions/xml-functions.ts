import { type AnyValue, ListValue, type MapValue, mapOf } from "../../edit/any-value.ts";
import type { Args } from "../args.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { textConverter } from "./text-converter.ts";
import { parseXmlTree, writeXml, XmlNode } from "./xml-tree.ts";
import { parseXPath } from "./xpath-parse.ts";
import { selectXml } from "./xpath-select.ts";

/** Deeper elements are refused: a map for each must be written as attributes. */
const maxMapDepth = 50;

/** Converters of XML, as text, by what an XPath selects. */
export const xmlConverters: readonly Converter[] = [
  textConverter("ParseSimplifiedXML", (text) => mapOf(simplified(parseXmlTree(text), 1))),
  selecting("GetXML", (selected) => {
    const result = new XmlNode("document", "");
    for (const item of selected) {
      if (item.kind === "element" || item.kind === "text") result.append(item);
      else if (item.kind === "attribute") result.append(new XmlNode("text", item.value));
      else if (item.kind === "cdata") result.append(new XmlNode("text", item.data));
    }
    return result;
  }),
  selecting("RemoveXML", (selected, document) => {
    for (const item of selected) {
      if (item.kind === "attribute") removeAttribute(item.owner, item.local);
      else if (item.kind === "text") item.data = "";
      else if (["element", "comment", "cdata"].includes(item.kind)) item.remove();
    }
    return document;
  }),
  {
    name: "InsertXML",
    parameters: ["target", "x_path", "sub_document"],
    build: (args) => {
      const target = args.string("target");
      const path = parseXPath(args.literalString("x_path"));
      const inserted = args.string("sub_document");
      return (frame) => {
        const text = target(frame);
        const document = text === "" ? new XmlNode("element", "") : parseXmlTree(text);
        const other = parseXmlTree(inserted(frame));
        for (const item of selectXml(document, path)) {
          if (item.kind !== "element" && item.kind !== "document")
            throw new Failure(`InsertXML XPath selected non-element: ${item.kind}`);
          for (let child = other.first; child; ) {
            const { next }: XmlNode = child;
            item.append(child);
            child = next;
          }
        }
        return writeXml(document);
      };
    },
  },
  {
    name: "ConvertAttributesToElementsXML",
    parameters: ["target", "x_path?"],
    build: (args) => {
      const target = args.string("target");
      const path = parseXPath(optional(args, "x_path") || "//@*");
      return (frame) => {
        const document = parseXmlTree(target(frame));
        for (const item of selectXml(document, path)) {
          if (item.kind !== "attribute") continue;
          const element = new XmlNode("element", item.local);
          element.append(new XmlNode("text", item.value));
          item.owner.append(element);
          removeAttribute(item.owner, item.local);
        }
        return writeXml(document);
      };
    },
  },
  {
    name: "ConvertTextToElementsXML",
    parameters: ["target", "x_path?", "element_name?"],
    build: (args) => {
      const target = args.string("target");
      const path = parseXPath(optional(args, "x_path") || "/");
      const name = optional(args, "element_name") || "value";
      return (frame) => {
        const document = parseXmlTree(target(frame));
        for (const item of selectXml(document, path)) if (item.kind !== "attribute") wrapText(item, name);
        return writeXml(document);
      };
    },
  },
];

/** One of a text and an XPath; an empty text stays so. */
function selecting(
  name: string,
  convert: (selected: ReturnType<typeof selectXml>, document: XmlNode) => XmlNode,
): Converter {
  return {
    name,
    parameters: ["target", "x_path"],
    build: (args) => {
      const target = args.string("target");
      const path = parseXPath(args.literalString("x_path"));
      return (frame) => {
        const text = target(frame);
        if (text === "") return "";
        const document = parseXmlTree(text);
        return writeXml(convert(selectXml(document, path), document));
      };
    },
  };
}

function optional(args: Args, name: string): string {
  return args.has(name) ? args.literalString(name) : "";
}

/** The first one of this name and without a prefix, as the Collector. */
function removeAttribute(owner: XmlNode, local: string): void {
  const at = owner.attributes.findIndex((each) => each.prefix === "" && each.local === local);
  if (at >= 0) owner.attributes = owner.attributes.toSpliced(at, 1);
}

/** Elements by their names, those with the same name as a list; text alone as a string, all else is left out. */
function simplified(parent: XmlNode, depth: number): Map<string, AnyValue> {
  if (depth > maxMapDepth) throw new Failure(`the XML is nested more than ${maxMapDepth} deep`);
  const elements: XmlNode[] = [];
  for (let child = parent.first; child; child = child.next) if (child.kind === "element") elements.push(child);
  const counts = new Map<string, number>();
  for (const { data } of elements) counts.set(data, (counts.get(data) ?? 0) + 1);
  const found = new Map<string, AnyValue>();
  const lists = new Map<string, AnyValue[]>();
  for (const element of elements) {
    if (!element.first) continue;
    const list = (counts.get(element.data) ?? 0) > 1 ? listOf(element.data, { found, lists }) : undefined;
    const value = leafText(element) || mapUnlessEmpty(simplified(element, depth + 1));
    if (value === undefined) continue;
    if (list) list.push(value);
    else found.set(element.data, value);
  }
  return found;
}

function listOf(name: string, { found, lists }: { found: Map<string, AnyValue>; lists: Map<string, AnyValue[]> }) {
  const known = lists.get(name);
  if (known) return known;
  const list: AnyValue[] = [];
  lists.set(name, list);
  found.set(name, new ListValue(list));
  return list;
}

function mapUnlessEmpty(map: Map<string, AnyValue>): MapValue | undefined {
  return map.size === 0 ? undefined : mapOf(map);
}

/** The first text of an element without elements. */
function leafText(element: XmlNode): string {
  let text: string | undefined;
  for (let child = element.first; child; child = child.next) {
    if (child.kind === "element") return "";
    if (child.kind === "text" || child.kind === "cdata") text ??= child.data;
  }
  return text ?? "";
}

/** Puts each text that stands beside elements or other texts into an element of its own. */
function wrapText(parent: XmlNode, name: string): void {
  if (parent.kind !== "element" && parent.kind !== "document") return;
  let texts = 0;
  let elements = 0;
  for (let child = parent.first; child; child = child.next) {
    if (child.kind === "element") {
      wrapText(child, name);
      elements++;
    } else if (child.kind === "text") texts++;
  }
  if (texts === 0 || texts + elements <= 1) return;
  for (let child = parent.first; child; child = child.next) {
    if (child.kind !== "text") continue;
    const text = new XmlNode("text", child.data);
    child.kind = "element";
    child.data = name;
    child.first = text;
    child.last = text;
  }
}
