import type { UnknownObject } from "../../json-document.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import type { LogTime } from "../log-record.ts";
import { type Column, decimal, ignored, integer, readColumns, text } from "./columns.ts";
import { parseIsoTime } from "./iso-time.ts";
import { parseLine } from "./json-fields.ts";
import type { Recognise, RecognisedLine } from "./line-format.ts";

/** CloudFront encodes the user agent, and the browser's own percent signs once more. */
const userAgent: Column = (value, into) => {
  into.push({ name: "user_agent.original", value: decoded(decoded(value)) });
};

const protocolVersion: Column = (value, into) => {
  into.push({ name: "network.protocol.version", value: value.replace(/^HTTP\//, "") });
};

/** What OpenTelemetry has a name for; other fields are `aws.cloudfront.<field>` with underscores. */
const known: ReadonlyMap<string, Column> = new Map([
  ["date", ignored],
  ["time", ignored],
  ["c-ip", text("client.address")],
  ["c-port", integer("client.port")],
  ["cs-method", text("http.request.method")],
  ["cs(Host)", text("aws.cloudfront.distribution_host")],
  ["cs-uri-stem", text("url.path")],
  ["cs-uri-query", text("url.query")],
  ["sc-status", integer("http.response.status_code")],
  ["cs(Referer)", text("http.request.header.referer")],
  ["cs(User-Agent)", userAgent],
  ["cs(Cookie)", ignored],
  ["x-edge-request-id", text("aws.request_id")],
  ["x-host-header", text("url.domain")],
  ["cs-protocol", text("url.scheme")],
  ["cs-protocol-version", protocolVersion],
  ["cs-bytes", integer("http.request.size")],
  ["sc-bytes", integer("http.response.size")],
  ["time-taken", decimal("aws.cloudfront.time_taken")],
  ["time-to-first-byte", decimal("aws.cloudfront.time_to_first_byte")],
  ["ssl-protocol", text("tls.protocol.version")],
  ["ssl-cipher", text("tls.cipher")],
  ["sc-content-len", integer("http.response.body.size")],
]);
const maxFields = 100;

/** The names of the fields in a line that begins with `#Fields:`; undefined for every other line. */
export function cloudfrontFields(line: string): readonly string[] | undefined {
  return line.startsWith("#Fields:") ? line.slice(8).trim().split(/\s+/).slice(0, maxFields) : undefined;
}

/**
 * Reads the lines of a standard log of CloudFront with these fields (CloudFront, "Standard logging (legacy)"): separated by tabs, `-` for
 * none. Cookies, which a log has only where it is told to, are taken out of the body.
 */
export function createCloudfront(fields: readonly string[] = []): Recognise {
  const columns = fields.map((field) => known.get(field) ?? text(attributeName(field)));
  const [dateAt, timeAt, cookieAt] = [fields.indexOf("date"), fields.indexOf("time"), fields.indexOf("cs(Cookie)")];

  return (line) => {
    if (line.startsWith("{")) return recogniseCloudfrontJson(parseLine(line) ?? {});
    const values = line.split("\t", maxFields);
    if (fields.length === 0 || values.length < fields.length) return undefined;
    const time = parseIsoTime(`${values[dateAt] ?? ""}T${values[timeAt] ?? ""}Z`);
    if (!time) return undefined;
    const hasCookie = cookieAt >= 0 && values[cookieAt] !== "-";
    const body = hasCookie ? values.with(cookieAt, "[redacted]").join("\t") : undefined;
    return { time, body, attributes: readColumns(values, columns) };
  };
}

/**
 * A line of standard logging (v2) with the output format JSON (CloudFront, "Standard logging (v2)"): the same fields by their names. Undefined
 * for any other document.
 */
export function recogniseCloudfrontJson(document: UnknownObject): RecognisedLine | undefined {
  const { date, time: clock, "cs(Cookie)": cookie } = document;
  if (!("cs-method" in document || "x-edge-location" in document || "x-edge-request-id" in document)) return undefined;
  const time = parseIsoTime(`${String(date)}T${String(clock)}Z`) ?? secondsOf(document.timestamp);
  if (!time) return undefined;
  const attributes: Attribute[] = [];
  for (const [field, given] of Object.entries(document).slice(0, maxFields)) {
    const value = typeof given === "number" ? String(given) : given;
    if (typeof value !== "string" || value === "" || value === "-") continue;
    (known.get(field) ?? text(attributeName(field)))(value, attributes);
  }
  const hasCookie = cookie !== undefined && cookie !== "-";
  return {
    time,
    attributes,
    body: hasCookie ? JSON.stringify({ ...document, "cs(Cookie)": "[redacted]" }) : undefined,
  };
}

/** `timestamp`, a field of v2: seconds since 1970, as a number or text. */
function secondsOf(value: unknown): LogTime | undefined {
  const seconds = typeof value === "string" && /^\d{10}(\.\d{1,6})?$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" && seconds > 1e9 && seconds < 1e10
    ? { ms: Math.floor(seconds * 1000) }
    : undefined;
}

function attributeName(field: string): string {
  const name = field.replaceAll(/[^A-Za-z0-9]+/g, "_").replace(/_$/, "");
  return `aws.cloudfront.${name.toLowerCase()}`;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
