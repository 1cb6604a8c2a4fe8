import { type Diagnostic, placeText } from "../../shared/alloy/diagnostic.ts";

/** A failed load in one line, as Alloy says it: the first diagnostic, and how many more there are. */
export function loadErrorText(diagnostics: readonly Diagnostic[]): string {
  const [first, ...more] = diagnostics;
  if (!first) return "error during the initial load";
  const rest = more.length === 0 ? "" : ` (and ${more.length} more diagnostics)`;
  return `error during the initial load: ${placeText(first.start)}: ${first.message}${rest}`;
}
