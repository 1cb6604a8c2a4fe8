import { isObject } from "../json-document.ts";
import { signals } from "../otlp/signals.ts";
import { toJson } from "../wire/to-json.ts";
import type { Entry } from "./entry.ts";
import { labelSet } from "./labels.ts";
import { goJson } from "./stages/go-json.ts";

/** What log records become: entries, and how many have none because of a format that is unknown. */
export interface FromOtlp {
  readonly entries: readonly Entry[];
  readonly dropped: number;
}

/** A value of an attribute or body, as plain data. */
type Plain = null | string | number | boolean | readonly Plain[] | { readonly [name: string]: Plain };
type Attributes = Readonly<Record<string, Plain>>;

interface Json {
  readonly [name: string]: unknown;
}

const resourceLabelsHint = "loki.resource.labels";
const attributeLabelsHint = "loki.attribute.labels";
const formatHint = "loki.format";
const tenantHint = "loki.tenant";
const hints = [resourceLabelsHint, attributeLabelsHint, formatHint, tenantHint];
const serviceAttributes = ["service.name", "service.namespace", "service.instance.id"];
const levels = ["trace", "debug", "info", "warn", "error", "fatal"];

/**
 * Makes entries of an `ExportLogsServiceRequest` that passed `scan`, as Alloy's otelcol.exporter.loki does: labels by the hints in the
 * attributes, the rest as JSON, logfmt or the body alone. `nowUnixNano` is for records without any time.
 */
export function fromOtlp(bytes: Uint8Array, nowUnixNano: bigint): FromOtlp {
  const entries: Entry[] = [];
  let dropped = 0;
  for (const resourceLogs of listOf(toJson(bytes, signals.logs.request), "resourceLogs")) {
    const resource = attributesOf(objectOf(resourceLogs, "resource"));
    for (const scopeLogs of listOf(resourceLogs, "scopeLogs")) {
      for (const record of listOf(scopeLogs, "logRecords")) {
        const entry = entryOf({ resource, scope: objectOf(scopeLogs, "scope"), record, nowUnixNano });
        if (entry) entries.push(entry);
        else dropped += 1;
      }
    }
  }
  return { entries, dropped };
}

interface Source {
  readonly resource: Attributes;
  readonly scope: Json;
  readonly record: Json;
  readonly nowUnixNano: bigint;
}

function entryOf({ resource, scope, record, nowUnixNano }: Source): Entry | undefined {
  const attributes = attributesOf(record);
  const labels = new Map<string, string>([["exporter", "OTLP"], ...serviceLabels(resource)]);
  const level = levels[Math.floor((severityNumber(record) - 1) / 4)];
  if (level !== undefined) labels.set("level", level);
  const fromResource = names(attributes[resourceLabelsHint] ?? resource[resourceLabelsHint]);
  const fromRecord = names(attributes[attributeLabelsHint]);
  for (const name of fromResource) promote(labels, name, lookUp(resource, name));
  for (const name of fromRecord) promote(labels, name, lookUp(attributes, name));
  const parts = {
    record,
    scope,
    attributes: without(attributes, [...fromRecord, ...hints]),
    resource: without(resource, [...fromResource, ...hints, ...serviceAttributes]),
  };
  const line = lineOf(attributes[formatHint] ?? resource[formatHint] ?? "json", parts);
  if (line === undefined) return undefined;
  const time = [record.timeUnixNano, record.observedTimeUnixNano].map((text) => BigInt(String(text ?? 0)));
  const timeUnixNano = time.find((each) => each !== 0n) ?? nowUnixNano;
  return { labels: labelSet(labels), timeUnixNano, line, metadata: [] };
}

function* serviceLabels(resource: Attributes): Generator<[string, string]> {
  const [name, namespace, instance] = serviceAttributes.map((each) => resource[each]);
  if (typeof name === "string" && name !== "") {
    yield ["job", typeof namespace === "string" && namespace !== "" ? `${namespace}/${name}` : name];
  }
  if (typeof instance === "string" && instance !== "") yield ["instance", instance];
}

interface Parts {
  readonly record: Json;
  readonly scope: Json;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

function lineOf(format: Plain, parts: Parts): string | undefined {
  const body = plain(parts.record.body);
  if (format === "raw") return text(body);
  if (format === "logfmt") return logfmtLine(body, parts);
  return format === "json" ? jsonLine(body, parts) : undefined;
}

function jsonLine(body: Plain, { record, scope, attributes, resource }: Parts): string {
  const instrumentation = {
    ...(scope.name ? { name: scope.name } : {}),
    ...(scope.version ? { version: scope.version } : {}),
    ...given("attributes", attributesOf(scope)),
  };
  return goJson({
    ...(body === null || body === "" ? {} : { body }),
    ...(record.traceId ? { traceid: record.traceId } : {}),
    ...(record.spanId ? { spanid: record.spanId } : {}),
    ...(record.severityText ? { severity: record.severityText } : {}),
    ...(record.flags ? { flags: record.flags } : {}),
    ...given("attributes", attributes),
    ...given("resources", resource),
    ...given("instrumentation_scope", instrumentation),
  });
}

function given(name: string, value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Object.keys(value).length === 0 ? {} : { [name]: sorted };
}

function logfmtLine(body: Plain, { record, scope, attributes, resource }: Parts): string {
  const pairs: [string, unknown][] = [
    ...(isObject(body) ? Object.entries(body) : [["msg", body] as [string, Plain]]),
    ["traceID", record.traceId],
    ["spanID", record.spanId],
    ["severity", record.severityText],
    ...Object.entries(attributes).map(([name, value]): [string, Plain] => [`attribute_${name}`, value]),
    ...Object.entries(resource).map(([name, value]): [string, Plain] => [`resource_${name}`, value]),
    ["instrumentation_scope_name", scope.name],
    ["instrumentation_scope_version", scope.version],
  ];
  return pairs
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${name.replace(/[\s="]/g, "_")}=${logfmtValue(text(value as Plain))}`)
    .join(" ");
}

function logfmtValue(value: string): string {
  return /[\s="\\\p{Cc}]/u.test(value) ? JSON.stringify(value) : value;
}

/** Names of attributes: a list, or text with commas. */
function names(hint: Plain | undefined): readonly string[] {
  const all = Array.isArray(hint) ? hint.map(text) : typeof hint === "string" ? hint.split(",") : [];
  return all.map((name) => name.trim()).filter((name) => name !== "");
}

/** An attribute by its name, else by a path into maps. */
function lookUp(attributes: Attributes, name: string): Plain | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name];
  for (let dot = name.indexOf("."); dot > 0; dot = name.indexOf(".", dot + 1)) {
    const outer = name.slice(0, dot);
    const inside = Object.hasOwn(attributes, outer) ? attributes[outer] : undefined;
    if (isObject(inside)) {
      const found = lookUp(inside as Attributes, name.slice(dot + 1));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function promote(labels: Map<string, string>, name: string, value: Plain | undefined): void {
  if (value === undefined) return;
  const label = name.replace(/[^a-zA-Z0-9_]/g, "_");
  labels.set(/^[0-9]/.test(label) ? `key_${label}` : label, text(value));
}

function without(attributes: Attributes, removed: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !removed.includes(name)));
}

function text(value: Plain): string {
  if (value === null) return "";
  return typeof value === "object" ? goJson(value) : String(value);
}

/** An AnyValue of OTLP/JSON. */
function plain(value: unknown): Plain {
  if (typeof value !== "object" || value === null) return null;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value as Json;
  if (typeof stringValue === "string") return stringValue;
  if (typeof boolValue === "boolean") return boolValue;
  if (intValue !== undefined) return Number(intValue);
  if (doubleValue !== undefined) return Number(doubleValue);
  if (arrayValue !== undefined) return listOf(arrayValue, "values").map(plain);
  if (kvlistValue !== undefined) return pairsOf(listOf(kvlistValue, "values"));
  return typeof bytesValue === "string" ? bytesValue : null;
}

function attributesOf(holder: Json): Attributes {
  return pairsOf(listOf(holder, "attributes"));
}

function pairsOf(pairs: readonly Json[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [String(key ?? ""), plain(value)]));
}

function severityNumber({ severityNumber: number }: Json): number {
  return typeof number === "number" ? number : 0;
}

function objectOf(holder: unknown, name: string): Json {
  const value = typeof holder === "object" && holder !== null ? (holder as Json)[name] : undefined;
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function listOf(holder: unknown, name: string): readonly Json[] {
  const value = typeof holder === "object" && holder !== null ? (holder as Json)[name] : undefined;
  return Array.isArray(value) ? (value as Json[]) : [];
}
