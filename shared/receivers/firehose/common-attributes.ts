import { asObject } from "../../json-document.ts";

/** Attributes that the operator of a stream has configured: none where the header cannot be read, which is not worth the data. */
export type CommonAttributes = ReadonlyMap<string, string>;

export type ReadAttributes =
  | { readonly kind: "read"; readonly attributes: CommonAttributes }
  | { readonly kind: "unreadable"; readonly message: string };

/** What Firehose allows: 50 pairs, names of 256 characters and values of 1,024. */
const maxPairs = 50;
const maxNameLength = 256;
const maxValueLength = 1024;

/** Reads the header `X-Amz-Firehose-Common-Attributes`: `{"commonAttributes":{"name":"value"}}`. Never throws. */
export function readCommonAttributes(header: string | undefined): ReadAttributes {
  if (header === undefined || header === "") return { kind: "read", attributes: new Map() };
  const given = asObject(asObject(parsed(header))?.commonAttributes);
  if (given === undefined) return unreadable("it is not JSON with an object commonAttributes");
  const pairs = Object.entries(given);
  if (pairs.length > maxPairs) return unreadable(`it has ${pairs.length} attributes, and ${maxPairs} is the limit`);
  const attributes = new Map<string, string>();
  for (const [name, value] of pairs) {
    const fits = typeof value === "string" && value.length <= maxValueLength && name.length <= maxNameLength;
    if (!fits || name === "") return unreadable("a name or a value is not text of the length that Firehose allows");
    attributes.set(name, value);
  }
  return { kind: "read", attributes };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(why: string): ReadAttributes {
  return { kind: "unreadable", message: `The header X-Amz-Firehose-Common-Attributes is left out: ${why}.` };
}
