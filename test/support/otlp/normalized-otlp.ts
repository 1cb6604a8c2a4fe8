/** Fields whose zero is a value: members of oneofs and optional fields. */
const explicit = new Set(
  "stringValue boolValue intValue doubleValue bytesValue asInt asDouble sum min max quantile arrayValue kvlistValue value".split(
    " ",
  ),
);

/**
 * OTLP/JSON in a form that can be compared: attributes and maps in order of their keys, fields that have their default
 * left out.
 */
export function normalizedOtlp(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalizedOtlp);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value)
    .map(
      ([name, each]) => [name, isKeyed(name, each) ? sorted(each).map(normalizedOtlp) : normalizedOtlp(each)] as const,
    )
    .filter(([name, each]) => explicit.has(name) || !isDefault(each))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

function isKeyed(name: string, value: unknown): value is { key: string }[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const hasKeys = value.every((each) => typeof each === "object" && each !== null && "key" in each);
  return hasKeys && ["attributes", "values", "filteredAttributes", "metadata"].includes(name);
}

function sorted(list: readonly { key: string }[]): { key: string }[] {
  return [...list].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function isDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === 0 || value === "0" || value === "" || value === false || value === undefined;
}
