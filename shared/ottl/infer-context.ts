import type { SignalName } from "../signal.ts";
import { type ContextName, contexts, contextsOf } from "./contexts.ts";
import { OttlError } from "./failure.ts";
import { functionsOf, missingFunctions } from "./functions/functions.ts";
import type { Mentions } from "./walk-node.ts";

/**
 * The context of statements that have none: the most detailed that their paths begin with, or one more detailed when
 * only that knows all functions and enums. Throws `OttlError`.
 */
export function inferContext(mentions: Mentions, signal: SignalName, kind: "transform" | "filter"): ContextName {
  const candidates = contextsOf[signal];
  const named = [...mentions.prefixes].filter((name): name is ContextName => Object.hasOwn(contexts, name));
  const foreign = named.find((name) => !candidates.includes(name));
  if (foreign)
    throw new OttlError(
      `inferred context "${foreign}" is not a valid candidate: ${signal} have ${candidates.join(", ")}`,
    );
  const first = Math.max(...named.map((name) => candidates.indexOf(name)), -1);
  if (first < 0) {
    throw new OttlError(
      `unable to infer context: a path must begin with the name of a context (${candidates.join(", ")}), as in ${candidates.at(-1)}.attributes`,
    );
  }
  const problems: string[] = [];
  // Behind the one that the paths name, the most detailed comes first.
  for (const context of [candidates[first] as ContextName, ...candidates.slice(first + 1).reverse()]) {
    const problem = unsupported(context, mentions, kind);
    if (problem === undefined) return context;
    problems.push(problem);
  }
  throw new OttlError(problems[0] ?? "unable to infer context");
}

function unsupported(context: ContextName, mentions: Mentions, kind: "transform" | "filter"): string | undefined {
  const { converters, editors } = functionsOf(context, kind);
  for (const name of mentions.functions) {
    if (converters.has(name) || editors.has(name)) continue;
    if (missingFunctions.has(name)) return `function "${name}" exists in the Collector but is not supported here`;
    return `inferred context "${context}" does not support the function "${name}"`;
  }
  for (const name of mentions.enums) {
    if (Object.hasOwn(contexts[context].enums, name)) continue;
    // So it is in the Collector: a converter that is passed by its name looks like an enum when all of it is upper case.
    return `inferred context "${context}" does not support the enum symbol "${name}"`;
  }
  return undefined;
}
