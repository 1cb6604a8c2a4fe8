/** Responses and statuses are small: whatever is larger is not one (OTLP specification: at most 4 MiB). */
export const maxDocumentBytes = 4 * 1024 * 1024;

/** A JSON object as `JSON.parse` returns it: nothing is known about its values. */
export type UnknownObject = { readonly [key: string]: unknown };

/** Parses a small document; undefined where it is not a JSON object in UTF-8 or is too large. Never throws. */
export function parseObject(bytes: Uint8Array): UnknownObject | undefined {
  if (bytes.length > maxDocumentBytes) return undefined;
  try {
    return asObject(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}

/** The value itself where it is an object, not an array or null. */
export function asObject(value: unknown): UnknownObject | undefined {
  return isObject(value) ? value : undefined;
}

/** An integer written as a JSON number or, as ProtoJSON writes 64-bit ones, as a string; undefined for anything else. */
export function asInteger(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,20}$/.test(value) ? Number(value) : value;
  return Number.isInteger(number) ? (number as number) : undefined;
}

/** Whether a value of a parsed document is an object, and not an array. */
export function isObject(value: unknown): value is UnknownObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
