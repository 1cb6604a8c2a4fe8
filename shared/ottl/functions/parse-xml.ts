import { type AnyValue, ListValue, type MapValue, mapOf } from "../../edit/any-value.ts";
import { Failure } from "../failure.ts";
import { trimSpace } from "./go-space.ts";
import { textConverter } from "./text-converter.ts";
import { XmlReader, type XmlToken } from "./xml-tokens.ts";

/** Deeper elements are refused: a map and a list for each must be written as attributes. */
const maxDepth = 50;

/** `ParseXML`: an element as a map with its tag, text, attributes and children. */
export const parseXml = textConverter("ParseXML", (text) => {
  const reader = new XmlReader(text);
  for (let token = reader.next(); token; token = reader.next()) {
    if (token.kind !== "start") continue;
    const element = elementOf(reader, token, 1);
    if (reader.at !== text.length) throw new Failure("trailing bytes after parsing xml");
    return element;
  }
  throw new Failure("unmarshal xml: EOF");
});

function elementOf(reader: XmlReader, start: XmlToken & { kind: "start" }, depth: number): MapValue {
  if (depth > maxDepth) throw new Failure(`the XML is nested more than ${maxDepth} deep`);
  const children: AnyValue[] = [];
  let content = "";
  for (let token = reader.next(); token && token.kind !== "end"; token = reader.next()) {
    if (token.kind === "start") children.push(elementOf(reader, token, depth + 1));
    else if (token.kind === "text" || token.kind === "cdata") content += trimSpace(token.text);
  }
  const attributes = new Map(start.attributes.map(({ name, value }) => [name.local, value]));
  return mapOf([
    ["tag", start.name.local],
    ...(content === "" ? [] : ([["content", content]] as const)),
    ...(attributes.size === 0 ? [] : ([["attributes", mapOf(attributes)]] as const)),
    ...(children.length === 0 ? [] : ([["children", new ListValue(children)]] as const)),
  ]);
}
