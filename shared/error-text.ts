/** What a thrown value says: an error's message, or the value as text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the cause of an error says, where it has one: `fetch` says "fetch failed" of everything. */
export function causeText(error: unknown): string {
  return errorText(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

/** The first line of what a thrown value says: parsers draw the place below it. */
export function firstLineOf(error: unknown): string {
  return errorText(error).split("\n", 1)[0] ?? "";
}
