import { asObject, type UnknownObject } from "../../json-document.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import { fieldTable, parseLine, readFields } from "./json-fields.ts";
import type { RecognisedLine } from "./line-format.ts";

/** AWS WAF, "Log fields for protection pack (web ACL) traffic". */
const fields = fieldTable([
  ["webaclId", "cloud.resource_id"],
  ["action", "aws.waf.action"],
  ["terminatingRuleId", "aws.waf.terminating_rule.id"],
  ["terminatingRuleType", "aws.waf.terminating_rule.type"],
  ["httpSourceName", "aws.waf.source.name"],
  ["httpSourceId", "aws.waf.source.id"],
  ["responseCodeSent", "http.response.status_code"],
  ["ja3Fingerprint", "tls.client.ja3"],
  ["ja4Fingerprint", "tls.client.ja4"],
  ["httpRequest.clientIp", "client.address"],
  ["httpRequest.country", "geo.country.iso_code"],
  ["httpRequest.uri", "url.path"],
  ["httpRequest.args", "url.query"],
  ["httpRequest.fragment", "url.fragment"],
  ["httpRequest.scheme", "url.scheme"],
  ["httpRequest.host", "server.address"],
  ["httpRequest.httpMethod", "http.request.method"],
  ["httpRequest.requestId", "aws.request_id"],
]);
const secretHeader = /authorization|cookie|token|secret|password|session|credential|api-?key/i;
const redacted = "[redacted]";

/**
 * One request that AWS WAF has seen, as JSON. Headers are attributes of their own; the values of those that carry credentials, as
 * `authorization` and `cookie`, are redacted in the attributes and in the body.
 */
export function recogniseWaf(line: string): RecognisedLine | undefined {
  const record = parseLine(line);
  if (record === undefined || typeof record.webaclId !== "string") return undefined;
  const at = record.timestamp;
  const time = typeof at === "number" && Number.isSafeInteger(at) && at >= 0 ? { ms: at } : undefined;
  const request = asObject(record.httpRequest) ?? {};
  const headers = headersOf(request);
  const attributes = [...readFields(record, fields), ...versionOf(request), ...headers.attributes, ...labelsOf(record)];
  const body = headers.hasSecrets ? withoutSecrets(record, request) : undefined;
  return { time, attributes, body };
}

function headersOf({ headers }: UnknownObject) {
  const attributes: Attribute[] = [];
  let hasSecrets = false;
  for (const header of Array.isArray(headers) ? headers : []) {
    const { name, value } = asObject(header) ?? {};
    if (typeof name !== "string" || name === "" || typeof value !== "string") continue;
    const isSecret = secretHeader.test(name);
    hasSecrets ||= isSecret;
    attributes.push({ name: `http.request.header.${name.toLowerCase()}`, value: isSecret ? redacted : value });
  }
  return { attributes, hasSecrets };
}

function withoutSecrets(record: UnknownObject, request: UnknownObject): string {
  const headers = request.headers;
  const kept = (Array.isArray(headers) ? headers : []).map((header: unknown) => {
    const { name } = asObject(header) ?? {};
    return typeof name === "string" && secretHeader.test(name) ? { name, value: redacted } : header;
  });
  try {
    return JSON.stringify({ ...record, httpRequest: { ...request, headers: kept } });
  } catch {
    // Nested too deeply to be written.
    return redacted;
  }
}

function versionOf({ httpVersion }: UnknownObject): Attribute[] {
  if (typeof httpVersion !== "string") return [];
  return [{ name: "network.protocol.version", value: httpVersion.replace(/^HTTP\//, "") }];
}

function labelsOf({ labels }: UnknownObject): Attribute[] {
  const names = (Array.isArray(labels) ? labels : []).flatMap((label) => {
    const name = asObject(label)?.name;
    return typeof name === "string" ? [name] : [];
  });
  return names.length === 0 ? [] : [{ name: "aws.waf.labels", value: names }];
}
