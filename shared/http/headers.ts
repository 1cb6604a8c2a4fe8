/** Fields that hold one value: of several lines the first counts, as Node and Go read them (RFC 9110 5.3 forbids them). */
const singletons: ReadonlySet<string> = new Set([
  "authorization",
  "content-length",
  "content-type",
  "host",
  "origin",
  "user-agent",
]);

/** One value for a header that came on several lines; `name` in lower case. Lists are joined by a comma. */
export function combineHeader(name: string, values: readonly string[]): string {
  return singletons.has(name) ? (values[0] ?? "") : values.join(", ");
}
