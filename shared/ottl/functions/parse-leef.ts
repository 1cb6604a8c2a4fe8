import { mapOf } from "../../edit/any-value.ts";
import { textOf, utf8 } from "../../edit/text.ts";
import { Failure } from "../failure.ts";
import { textConverter } from "./text-converter.ts";

/** `ParseLEEF`: a message of QRadar's Log Event Extended Format 1.0 or 2.0, whatever stands before it. */
export const parseLeef = textConverter("ParseLEEF", (text) => {
  if (text === "") throw new Failure("cannot parse empty LEEF message");
  const start = text.indexOf("LEEF:");
  if (start < 0) throw new Failure("invalid LEEF message: 'LEEF:' not found");
  const [first = "", rest] = cut(text.slice(start), "|");
  if (rest === undefined) throw new Failure("invalid LEEF message: missing pipe delimiter in header");
  const version = first.slice("LEEF:".length);
  if (version !== "1.0" && version !== "2.0")
    throw new Failure(`unsupported LEEF version: ${version} (supported: 1.0, 2.0)`);
  const [vendor, name, productVersion, eventId, tail] = splitFirst(rest, 5);
  if (vendor === undefined || name === undefined || productVersion === undefined || eventId === undefined)
    throw new Failure(`invalid LEEF ${version} header: vendor, product, version and event id are expected`);
  const { attributes, delimiter } = version === "1.0" ? { attributes: tail ?? "", delimiter: tab } : delimited(tail);
  return mapOf([
    ["leef.version", version],
    ["leef.vendor", vendor],
    ["leef.product.name", name],
    ["leef.product.version", productVersion],
    ["leef.event.id", eventId],
    ["leef.attributes", mapOf(attributesOf(attributes, delimiter))],
  ]);
});

const tab = 9;

/** In 2.0 a field may tell what stands between attributes: a character, or a byte as `0x5e`. */
function delimited(tail: string | undefined): { attributes: string; delimiter: number } {
  const [spec = "", attributes = ""] = cut(tail ?? "", "|");
  if (spec.includes("=")) return { attributes: tail ?? "", delimiter: tab };
  if (spec === "") return { attributes, delimiter: tab };
  const hex = /^0[xX](.*)$/s.exec(spec)?.[1];
  if (hex !== undefined && !/^[0-9a-fA-F]{2}$/.test(hex))
    throw new Failure(`invalid LEEF 2.0 delimiter: ${JSON.stringify(spec)} is not one byte in hexadecimal digits`);
  if (hex === undefined && utf8(spec).length !== 1)
    throw new Failure(`invalid LEEF 2.0 delimiter: ${JSON.stringify(spec)} is not a single character`);
  return { attributes, delimiter: hex === undefined ? spec.charCodeAt(0) : Number.parseInt(hex, 16) };
}

/** What has no name or no value is skipped; of equal names the last counts. */
function attributesOf(text: string, delimiter: number): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of splitAt(text, delimiter)) {
    const [key = "", value] = cut(pair, "=");
    if (key !== "" && value !== undefined) found.set(key, value);
  }
  return found;
}

/** A byte above ASCII splits characters. */
function splitAt(text: string, delimiter: number): string[] {
  const character = String.fromCharCode(delimiter);
  if (delimiter < 0x80) return text.split(character);
  const parts = Buffer.from(text).toString("latin1").split(character);
  return parts.map((part) => textOf(Buffer.from(part, "latin1"), 0, part.length));
}

function cut(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + by.length)];
}

/** At most so many parts, the last with all the rest. */
function splitFirst(text: string, count: number): string[] {
  const parts: string[] = [];
  let rest: string | undefined = text;
  while (rest !== undefined && parts.length < count - 1) {
    const [first, more] = cut(rest, "|");
    parts.push(first);
    rest = more;
  }
  if (rest !== undefined) parts.push(rest);
  return parts;
}
