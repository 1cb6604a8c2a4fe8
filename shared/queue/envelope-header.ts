import type { Batch, DeadLetterHeader, History } from "../batch/batch.ts";
import { type FormatName, formats, isFormatName } from "../batch/formats.ts";
import { isObject } from "../json-document.ts";

/** What the header line of an envelope says: a batch without its payload. */
export type Header = Omit<Batch, "payload">;

export type ParsedHeader =
  | { readonly kind: "header"; readonly header: Header }
  | { readonly kind: "undecodable"; readonly message: string };

/**
 * Version 1 is what release 0.1.0 reads: it has a `signal` and knows OTLP alone. What it would misread, another format or
 * a tenant, has version 2, so that it goes to the dead letters there, as it is.
 */
const versions: readonly unknown[] = [1, 2];

/** The header line, in ASCII. The history stands flat in it, as version 1 has it. */
export function formatHeader({ format, history, deadLetter, ...rest }: Header): string {
  const isOld = isOtlp(format) && rest.tenant === undefined;
  const kind = isOld ? { v: 1, signal: formats[format].signal } : { v: 2 };
  const header = { ...kind, format, ...rest, ...history, ...(deadLetter && { deadLetter: bounded(deadLetter) }) };
  return ascii(JSON.stringify(header));
}

/** Reads the header line of any version up to this one; unknown keys are ignored. Never throws. */
export function parseHeader(line: string): ParsedHeader {
  const found = parse(line);
  if (!found) return undecodable("the header line is not a JSON object");
  if (!versions.includes(found.v)) return undecodable(`version ${String(found.v)} is not one that this release reads`);
  const format = formatOf(found);
  if (!format) return undecodable(`unknown ${found.v === 1 ? `signal ${found.signal}` : `format ${found.format}`}`);
  const problem = problemOf(found);
  if (problem) return undecodable(problem);
  const { tenant, requeues, replays, replayOf, deadLetter, ...fields } = found as unknown as Header & History;
  const { destination, items, bytes, encoding, acceptedAt } = fields;
  const history = {
    ...(requeues !== undefined && { requeues }),
    ...(replays !== undefined && { replays }),
    ...(replayOf !== undefined && { replayOf }),
  };
  const header: Header = {
    format,
    destination,
    ...(found.v !== 1 && tenant !== undefined && { tenant }),
    items,
    bytes,
    encoding,
    acceptedAt,
    ...(Object.keys(history).length > 0 && { history }),
    ...(deadLetter && { deadLetter: deadLetterOf({ ...deadLetter }) }),
  };
  return { kind: "header", header };
}

function formatOf({ v, signal, format }: Record<string, unknown>): FormatName | undefined {
  const name = v === 1 ? `otlp/${String(signal)}` : format;
  return isFormatName(name) ? name : undefined;
}

function isOtlp(format: FormatName): boolean {
  return format.startsWith("otlp/");
}

/** A dead letter is worth showing even where a version to come has left something out of it. */
function deadLetterOf(letter: Record<string, unknown>): DeadLetterHeader {
  const texts = { id: "", reason: "rejected", message: "" };
  const counts = { firstAttemptAt: 0, lastAttemptAt: 0, attempts: 0, replays: 0 };
  const optional = ["status", "oldestAt", "newestAt"].filter((key) => typeof letter[key] === "number");
  const services = Array.isArray(letter.services) ? letter.services.filter((name) => typeof name === "string") : [];
  const read = {
    ...texts,
    ...counts,
    ...pick(letter, Object.keys(texts), "string"),
    ...pick(letter, Object.keys(counts), "number"),
    ...pick(letter, optional, "number"),
    services,
  };
  return read as DeadLetterHeader;
}

function pick(from: Record<string, unknown>, keys: readonly string[], type: "string" | "number") {
  return Object.fromEntries(keys.filter((key) => typeof from[key] === type).map((key) => [key, from[key]]));
}

function problemOf(header: Record<string, unknown>): string | undefined {
  if (typeof header.destination !== "string") return "the header names no destination";
  for (const key of ["items", "bytes", "acceptedAt"]) if (!isCount(header[key])) return `${key} is not a count`;
  for (const key of ["requeues", "replays"]) {
    if (header[key] !== undefined && !isCount(header[key])) return `${key} is not a count`;
  }
  for (const key of ["tenant", "replayOf"]) {
    if (header[key] !== undefined && typeof header[key] !== "string") return `${key} is not a text`;
  }
  const { encoding, deadLetter } = header;
  if (encoding !== "gzip" && encoding !== "identity" && encoding !== "snappy")
    return `unknown encoding ${String(encoding)}`;
  if (deadLetter !== undefined && !isObject(deadLetter)) return "deadLetter is not an object";
  return undefined;
}

function ascii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function bounded(letter: DeadLetterHeader): DeadLetterHeader {
  const services = letter.services.slice(0, 5).map((name) => name.slice(0, 100));
  return { ...letter, message: letter.message.slice(0, 500), services };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function undecodable(message: string): ParsedHeader {
  return { kind: "undecodable", message };
}
