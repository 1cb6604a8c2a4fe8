import { attempt } from "../ottl/failure.ts";
import { compileGroup, contextNamed, type ErrorMode, errorModeNamed, type Group } from "../ottl/group.ts";
import type { OttlHost } from "../ottl/host.ts";
import type { SignalName } from "../signal.ts";
import type { Loaded, OnStatementError, Process } from "./processor.ts";
import { Refused, runStatements } from "./run-groups.ts";

/** A block `trace_statements`, `metric_statements` or `log_statements`. */
export interface StatementsBlock {
  readonly context: string;
  readonly conditions?: readonly string[];
  readonly statements: readonly string[];
  readonly error_mode?: string;
}

/** The arguments of otelcol.processor.transform. */
export interface TransformArguments {
  readonly error_mode?: string;
  readonly statements?: { readonly [signal in "trace" | "metric" | "log"]?: readonly string[] };
  readonly trace_statements?: readonly StatementsBlock[];
  readonly metric_statements?: readonly StatementsBlock[];
  readonly log_statements?: readonly StatementsBlock[];
}

interface LoadedGroup {
  readonly group: Group;
  readonly errorMode: ErrorMode;
}

const prefixes: Readonly<Record<SignalName, "trace" | "metric" | "log">> = {
  traces: "trace",
  metrics: "metric",
  logs: "log",
};

/** Reads the statements of a transform processor. */
export function loadTransform(
  args: TransformArguments,
  options: { readonly host: OttlHost; readonly onError: OnStatementError },
): Loaded {
  const problems: string[] = [];
  const keep = <T>(step: () => T): T | undefined => {
    const result = attempt(step);
    if ("value" in result) return result.value;
    problems.push(result.problem);
    return undefined;
  };
  const errorMode = keep(() => errorModeNamed(args.error_mode ?? "ignore"));
  const groups: Record<SignalName, readonly LoadedGroup[]> = { traces: [], metrics: [], logs: [] };
  for (const signal of ["traces", "metrics", "logs"] as const) {
    const blocks = args[`${prefixes[signal]}_statements`] ?? [];
    const loaded = blocks.map((block) => keep(() => loadBlock(block, { signal, errorMode, host: options.host })));
    // The statements without a context run last, as in Alloy.
    const statements = args.statements?.[prefixes[signal]] ?? [];
    if (statements.length > 0) {
      const source = { signal, kind: "transform" as const, statements, conditions: [] };
      loaded.push(keep(() => ({ group: compileGroup(source, options.host), errorMode: errorMode ?? "ignore" })));
    }
    groups[signal] = loaded.filter((each) => each !== undefined);
  }
  if (problems.length > 0) return { kind: "rejected", problems };
  return { kind: "processor", process: createTransform(groups, options.onError) };
}

function loadBlock(
  block: StatementsBlock,
  { signal, errorMode, host }: { signal: SignalName; errorMode: ErrorMode | undefined; host: OttlHost },
): LoadedGroup {
  const { statements, conditions = [] } = block;
  const context = contextNamed(block.context, signal, "statements");
  const own = block.error_mode ? errorModeNamed(block.error_mode) : undefined;
  const group = compileGroup({ signal, kind: "transform", context, statements, conditions }, host);
  return { group, errorMode: own ?? errorMode ?? "ignore" };
}

function createTransform(
  groups: Readonly<Record<SignalName, readonly LoadedGroup[]>>,
  onError: OnStatementError,
): Process {
  return (bytes, signal) => {
    let current = bytes;
    try {
      for (const { group, errorMode } of groups[signal]) {
        if (group.statements.length > 0) current = runStatements(current, group, { signal, errorMode, onError }).bytes;
      }
    } catch (error) {
      if (error instanceof Refused) return { kind: "refused", reason: error.message };
      throw error;
    }
    return { kind: "passed", bytes: current, droppedItems: 0 };
  };
}
