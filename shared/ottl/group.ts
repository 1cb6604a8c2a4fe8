import type { SignalName } from "../signal.ts";
import { Compiler } from "./compile.ts";
import { type Context, type ContextName, contexts, contextsOf } from "./contexts.ts";
import { attempt, Failure, OttlError } from "./failure.ts";
import type { Frame } from "./frame.ts";
import { functionsOf, missingFunctions } from "./functions/functions.ts";
import type { OttlHost } from "./host.ts";
import { inferContext } from "./infer-context.ts";
import { parseCondition, parseStatement } from "./parser.ts";
import { mentionsOf } from "./walk-node.ts";

/** What a failed statement does: it is logged, ignored in silence, or fails the batch. */
export type ErrorMode = "ignore" | "silent" | "propagate";

/** Statements or conditions as they are configured; without a context it is inferred. */
export interface GroupSource {
  readonly signal: SignalName;
  readonly kind: "transform" | "filter";
  readonly context?: ContextName;
  readonly statements: readonly string[];
  readonly conditions: readonly string[];
}

/** A step that was read: what it does, and its text for messages. */
export interface Step<T> {
  readonly text: string;
  run(frame: Frame): T;
}

/** Statements that run one after the other on each message of a context where one of the conditions holds. */
export interface Group {
  readonly context: Context;
  readonly conditions: readonly Step<boolean>[];
  readonly statements: readonly Step<void>[];
}

/** Reads a group; all its problems at once, in an `OttlError`. */
export function compileGroup(source: GroupSource, host: OttlHost): Group {
  const problems: string[] = [];
  const keep = <T>(result: { readonly value: T } | { readonly problem: string }, where: string): T | undefined => {
    if ("value" in result) return result.value;
    problems.push(`${where}: ${result.problem}`);
    return undefined;
  };
  const statements = source.statements.map((text) =>
    keep(
      attempt(() => parseStatement(text)),
      `unable to parse OTTL statement ${JSON.stringify(text)}`,
    ),
  );
  const conditions = source.conditions.map((text) =>
    keep(
      attempt(() => parseCondition(text)),
      `unable to parse OTTL condition ${JSON.stringify(text)}`,
    ),
  );
  if (source.context === undefined && problems.length > 0) throw new OttlError(problems.join("\n"));
  const parsed = statements.filter((each) => each !== undefined);
  const parsedConditions = conditions.filter((each) => each !== undefined);
  const name = source.context ?? inferContext(mentionsOf(parsed, parsedConditions), source.signal, source.kind);
  const compiler = new Compiler({
    context: contexts[name],
    needsPrefix: source.context === undefined,
    ...functionsOf(name, source.kind),
    missing: missingFunctions,
    host,
  });
  const steps = parsed.map((node) =>
    keep(
      attempt((): Step<void> => {
        const where = node.where && compiler.condition(node.where);
        const apply = compiler.editor(node.editor);
        const run = (frame: Frame): void => {
          if (!where || where(frame)) apply(frame);
        };
        return { text: node.text, run };
      }),
      `unable to parse OTTL statement ${JSON.stringify(node.text)}`,
    ),
  );
  const tests = conditions.map((node, index) => {
    const text = source.conditions[index] as string;
    if (!node) return undefined;
    return keep(
      attempt((): Step<boolean> => ({ text, run: compiler.condition(node) })),
      `unable to parse OTTL condition ${JSON.stringify(text)}`,
    );
  });
  if (problems.length > 0) throw new OttlError(problems.join("\n"));
  return {
    context: contexts[name],
    statements: steps.filter((step) => step !== undefined),
    conditions: tests.filter((test) => test !== undefined),
  };
}

/** The context that a configuration names, in any case. Throws `OttlError`. */
export function contextNamed(text: string, signal: SignalName, what: "statements" | "conditions"): ContextName {
  const name = text.toLowerCase();
  if (!Object.hasOwn(contexts, name)) throw new OttlError(`unknown context ${text}`);
  const context = name as ContextName;
  if (!contextsOf[signal].includes(context)) throw new OttlError(`unknown context "${text}" for ${what} of ${signal}`);
  return context;
}

/** The error mode that a configuration names, in any case. Throws `OttlError`. */
export function errorModeNamed(text: string): ErrorMode {
  const mode = text.toLowerCase();
  if (mode === "ignore" || mode === "silent" || mode === "propagate") return mode;
  throw new OttlError(`unknown error mode ${text}`);
}

/** Why a step failed; bugs and limits of the engine count as failures of the item too. */
export function reasonOf(error: unknown): string {
  return error instanceof Failure ? error.reason : String(error);
}
