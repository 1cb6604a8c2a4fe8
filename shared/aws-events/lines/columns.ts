import type { Attribute } from "../../otlp/write-attribute.ts";

/** What becomes of one field of a line: it adds no attribute, one or several. */
export type Column = (value: string, into: Attribute[]) => void;

/** Reads the fields of a line by the columns of its format. `-` means that there is nothing; fields beyond the last column are let be. */
export function readColumns(tokens: readonly string[], columns: readonly Column[]): Attribute[] {
  const attributes: Attribute[] = [];
  const length = Math.min(tokens.length, columns.length);
  for (let at = 0; at < length; at += 1) {
    const value = tokens[at] as string;
    if (value !== "-" && value !== "") columns[at]?.(value, attributes);
  }
  return attributes;
}

/** A field that is read elsewhere, or that nobody needs beside the line. */
export const ignored: Column = () => {};

/** A text as it is. */
export function text(name: string): Column {
  return (value, into) => into.push({ name, value });
}

const wholeNumber = /^-?\d{1,15}$/;

/** A whole number; anything else adds nothing. */
export function integer(name: string): Column {
  return (value, into) => {
    if (wholeNumber.test(value)) into.push({ name, value: Number(value) });
  };
}

const decimalNumber = /^\d{1,15}(\.\d{1,15})?$/;

/** A number of 0 and more that has fractions. -1 is how load balancers say that there is none. */
export function decimal(name: string): Column {
  return (value, into) => {
    if (decimalNumber.test(value)) into.push({ name, value: Number(value), isDouble: true });
  };
}

/** Several texts in one field. */
export function list(name: string, separator: string): Column {
  return (value, into) => into.push({ name, value: value.split(separator) });
}

/** `address:port`, the address of IPv6 in brackets, the port after the last colon; an address alone is taken as one. */
export function endpoint(addressName: string, portName: string): Column {
  return (value, into) => {
    const colon = value.lastIndexOf(":");
    const port = value.slice(colon + 1);
    const hasPort = colon > 0 && /^\d{1,5}$/.test(port);
    const address = hasPort ? value.slice(0, colon) : value;
    into.push({ name: addressName, value: address.replace(/^\[|\]$/g, "") });
    if (hasPort) into.push({ name: portName, value: Number(port) });
  };
}

/**
 * `METHOD url HTTP/1.1` as `http.request.method`, `urlName` and `network.protocol.version`: the first and the last word are what they are,
 * all between them is the URL, whatever blanks it has. Each may be `-`.
 */
export function requestLine(urlName: string): Column {
  return (request, into) => {
    const value = request.trimEnd();
    const first = value.indexOf(" ");
    if (first < 0) {
      into.push({ name: urlName, value });
      return;
    }
    const last = value.lastIndexOf(" ");
    const method = value.slice(0, first);
    const url = last > first ? value.slice(first + 1, last) : value.slice(first + 1);
    const protocol = last > first ? value.slice(last + 1) : "";
    if (method !== "-") into.push({ name: "http.request.method", value: method });
    if (url !== "-" && url !== "") into.push({ name: urlName, value: url });
    if (protocol.startsWith("HTTP/")) into.push({ name: "network.protocol.version", value: protocol.slice(5) });
  };
}
