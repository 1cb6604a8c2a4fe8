import type { Source } from "../../shared/alloy/source.ts";

const maxListed = 20;
/** A call with a literal name; one that is in a comment or a string at most makes the list longer. */
const call = /\benv\(\s*"([^"\\\n]{1,200})"\s*\)/g;

/**
 * A sentence for whoever reads that a configuration does not load: the variables that it asks for and that are not set, which read as
 * empty texts. A service's variables are mostly not those of a shell. Empty where all are set.
 */
export function unsetVariables(sources: readonly Source[], env: Readonly<Record<string, string | undefined>>): string {
  const named = sources.flatMap(({ bytes }) =>
    [...new TextDecoder().decode(bytes).matchAll(call)].map(([, name = ""]) => name),
  );
  const unset = [...new Set(named)].filter((name) => (env[name] ?? "") === "");
  if (unset.length === 0) return "";
  const more = unset.length > maxListed ? ` and ${unset.length - maxListed} more` : "";
  return `Not set in this environment, so empty: ${unset.slice(0, maxListed).join(", ")}${more}\n`;
}
